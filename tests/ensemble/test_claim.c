/* Claims: one owner at a time, whatever becomes of the owners. */
#include "../io/temporary_folder.h"

#include "ensemble/claim.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>

static adatom_claim take(const char *path, double lease, adatom_claim_watch *watch)
{
    adatom_claim claim;
    assert_int_equal(adatom_claim_try(path, lease, watch, &claim), ADATOM_OK);
    return claim;
}

static void held_claim_is_not_given(void **state)
{
    (void)state;
    const char *path = in_folder("held");
    adatom_claim_watch watch = {.since = 0};
    adatom_claim first = take(path, 60, &watch);
    assert_true(first.held);
    assert_false(take(path, 0, &watch).held); /* the owner lives, whatever the lease */
    assert_int_equal(adatom_claim_beat(&first), ADATOM_OK);
    assert_true(first.held);
    adatom_claim_release(&first);
    adatom_claim second = take(path, 60, &watch);
    assert_true(second.held);
    assert_int_equal(second.number, first.number + 1);
    adatom_claim_release(&second);
}

static void claim_of_a_dead_process_is_free(void **state)
{
    (void)state;
    const char *path = in_folder("dead");
    const pid_t child = fork();
    if (child == 0) {
        adatom_claim_watch watch = {.since = 0};
        adatom_claim claim;
        _exit(adatom_claim_try(path, 60, &watch, &claim) == ADATOM_OK && claim.held ? 0 : 1);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_int_equal(how, 0);
    adatom_claim_watch watch = {.since = 0};
    adatom_claim claim = take(path, 60, &watch);
    assert_true(claim.held);
    adatom_claim_release(&claim);
}

/* As another machine would leave it. */
static void write_foreign(const char *path, const char *beat)
{
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fprintf(stream, "owner 1 1 elsewhere/pid:[1] elsewhere beat %s\n", beat);
    fclose(stream);
}

static void foreign_claim_lasts_for_its_lease(void **state)
{
    (void)state;
    const char *path = in_folder("foreign"), *file = in_folder("foreign.1");
    const struct timespec moment = {.tv_nsec = 60000000};
    adatom_claim_watch watch = {.since = 0};
    write_foreign(file, "1");
    assert_false(take(path, 0.05, &watch).held);
    write_foreign(file, "2");
    nanosleep(&moment, NULL);
    assert_false(take(path, 0.05, &watch).held); /* it gave a sign of life in between */
    nanosleep(&moment, NULL);
    adatom_claim claim = take(path, 0.05, &watch);
    assert_true(claim.held);
    assert_int_equal(claim.number, 2);
    adatom_claim_release(&claim);
}

static void overtaken_owner_finds_out(void **state)
{
    (void)state;
    const char *path = in_folder("slow");
    adatom_claim_watch watch = {.since = 0};
    adatom_claim claim = take(path, 60, &watch);
    write_foreign(in_folder("slow.2"), "1");
    assert_int_equal(adatom_claim_beat(&claim), ADATOM_OK);
    assert_false(claim.held);
}

/* Of many processes at once, each claim goes to exactly one. */
static void race_has_one_winner(void **state)
{
    (void)state;
    enum { PROCESSES = 8, CLAIMS = 20 };
    int gate[2];
    assert_int_equal(pipe(gate), 0);
    pid_t children[PROCESSES];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            char byte, path[PATH_SIZE];
            int won = 0;
            close(gate[1]);
            const ssize_t none = read(gate[0], &byte, 1); /* until the parent closes it */
            for (int k = 0; k < CLAIMS; k++) {
                adatom_claim_watch watch = {.since = 0};
                adatom_claim claim;
                snprintf(path, sizeof path, "%s/race-%d", folder, k);
                won += adatom_claim_try(path, 60, &watch, &claim) == ADATOM_OK && claim.held;
            }
            /* Claims of a process that has ended would be free. */
            snprintf(path, sizeof path, "%s/won-%d", folder, i);
            FILE *stream = fopen(path, "w");
            fprintf(stream, "%d\n", won + (none != 0));
            fclose(stream);
            pause();
        }
    }
    close(gate[0]);
    close(gate[1]);
    int sum = 0;
    for (int i = 0; i < PROCESSES; i++) {
        char path[PATH_SIZE];
        int won = -1;
        snprintf(path, sizeof path, "%s/won-%d", folder, i);
        while (won < 0) {
            FILE *stream = fopen(path, "r");
            if (stream == NULL || fscanf(stream, "%d", &won) != 1) {
                nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
            }
            if (stream != NULL) {
                fclose(stream);
            }
        }
        sum += won;
    }
    for (int i = 0; i < PROCESSES; i++) {
        kill(children[i], SIGKILL);
        waitpid(children[i], NULL, 0);
    }
    assert_int_equal(sum, CLAIMS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(held_claim_is_not_given),
        cmocka_unit_test(claim_of_a_dead_process_is_free),
        cmocka_unit_test(foreign_claim_lasts_for_its_lease),
        cmocka_unit_test(overtaken_owner_finds_out),
        cmocka_unit_test(race_has_one_winner),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
