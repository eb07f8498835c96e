/* The loss of a training and its derivatives with respect to the weights, second derivatives of the
 * energy among them. */
#include "random_potential.h"

#include "potential/loss.h"

enum { FRAMES = 4, ATOMS = 7 };

typedef struct example {
    adatom_potential *potential;
    adatom_team *team;
    adatom_frames frames;
    adatom_frame frame[FRAMES];
    adatom_dataset *dataset;
    adatom_loss *loss;
    size_t count, groups[FRAMES];
    double *weights;
} example;

static void make_frame(adatom_frame *frame, uint64_t seed)
{
    adatom_random random;
    adatom_random_seed(&random, seed, 1);
    *frame = (adatom_frame){.structure = make_structure(ATOMS, 4.5, seed),
                            .has_energy = true,
                            .energy = -40 + adatom_random_normal(&random)};
    frame->forces = calloc(ATOMS, sizeof *frame->forces);
    frame->energies = calloc(ATOMS, sizeof *frame->energies);
    for (int a = 0; a < ATOMS; a++) {
        frame->energies[a] = adatom_random_normal(&random);
        for (int x = 0; x < 3; x++) {
            frame->forces[a][x] = adatom_random_normal(&random);
        }
    }
}

static void make_example(example *e, bool atom_energies, bool with_forces, int threads)
{
    *e = (example){.potential = make_potential(1)};
    e->frames = (adatom_frames){FRAMES, e->frame};
    for (int f = 0; f < FRAMES; f++) {
        make_frame(&e->frame[f], (uint64_t)f + 20);
        e->groups[f] = (size_t)f;
    }
    assert_int_equal(adatom_team_create(threads, &e->team), ADATOM_OK);
    const adatom_dataset_request request = {.name = "test",
                                            .frames = &e->frames,
                                            .atom_energies = atom_energies,
                                            .with_forces = with_forces,
                                            .memory = 1e9,
                                            .seed = 1,
                                            .fit = true};
    assert_int_equal(adatom_dataset_create(&request, e->potential, e->team, &e->dataset),
                     ADATOM_OK);
    assert_int_equal(
        adatom_loss_create(e->potential, e->dataset, e->dataset, 2.0, 0.5, e->team, &e->loss),
        ADATOM_OK);
    e->count = adatom_loss_weight_count(e->loss);
    e->weights = calloc(e->count, sizeof(double));
    adatom_random random;
    adatom_random_seed(&random, 2, 0);
    for (size_t i = 0; i < e->count; i++) {
        e->weights[i] = 0.3 * adatom_random_normal(&random);
    }
}

static void clear_example(example *e)
{
    adatom_loss_free(e->loss);
    adatom_dataset_free(e->dataset);
    adatom_potential_free(e->potential);
    adatom_team_free(e->team);
    for (int f = 0; f < FRAMES; f++) {
        adatom_structure_free(e->frame[f].structure);
        free(e->frame[f].forces);
        free(e->frame[f].energies);
    }
    free(e->weights);
}

static adatom_group_list all_groups(const example *e)
{
    return (adatom_group_list){e->dataset->group_count, e->groups};
}

static double loss_at(const example *e)
{
    adatom_training_errors errors;
    assert_int_equal(adatom_loss_errors(e->loss, all_groups(e), e->weights, &errors), ADATOM_OK);
    return errors.loss;
}

/* The gradient is that of central differences, and what the rows of residuals say: 2 J^T r. */
static void check_gradient(bool atom_energies, bool with_forces)
{
    example e;
    make_example(&e, atom_energies, with_forces, 1);
    double *gradient = calloc(e.count, sizeof(double)), *products = calloc(e.count, sizeof(double));
    double *squares = calloc(e.count * e.count, sizeof(double)), sum;
    adatom_training_errors errors;
    assert_int_equal(adatom_loss_gradient_of(e.loss, all_groups(&e), e.weights, gradient, &errors),
                     ADATOM_OK);
    assert_int_equal(
        adatom_loss_equations(e.loss, all_groups(&e), e.weights, squares, products, &sum),
        ADATOM_OK);
    assert_true(fabs(sum - errors.loss) < 1e-12 * (1 + sum));
    for (size_t i = 0; i < e.count; i++) {
        const double step = 1e-5, kept = e.weights[i];
        e.weights[i] = kept + step;
        const double above = loss_at(&e);
        e.weights[i] = kept - step;
        const double below = loss_at(&e);
        e.weights[i] = kept;
        const double expected = (above - below) / (2 * step);
        assert_true(fabs(gradient[i] - expected) < 1e-7 * (1 + fabs(expected)));
        assert_true(fabs(2 * products[i] - gradient[i]) < 1e-10 * (1 + fabs(expected)));
        assert_true(squares[i * e.count + i] >= 0);
    }
    free(gradient);
    free(products);
    free(squares);
    clear_example(&e);
}

static void test_gradient(void **state)
{
    (void)state;
    check_gradient(false, true);
    check_gradient(false, false);
    check_gradient(true, false);
}

/* The predictions inside the loss are those of the finished potential. */
static void test_loss_is_of_the_potential(void **state)
{
    (void)state;
    example e;
    make_example(&e, false, true, 1);
    for (size_t t = 0; t < e.potential->element_count; t++) {
        memcpy(e.potential->elements[t].weights, e.weights + adatom_loss_offset(e.loss, t),
               e.potential->elements[t].dense.weight_count * sizeof(double));
    }
    adatom_potential_engine *engine = make_engine(e.potential, 1);
    double energies = 0, forces = 0;
    for (int f = 0; f < FRAMES; f++) {
        double predicted[ATOMS][3];
        adatom_potential_result result = {.forces = predicted};
        assert_int_equal(adatom_potential_compute(engine, e.frame[f].structure, -1, &result),
                         ADATOM_OK);
        energies += pow((result.energy - e.frame[f].energy) / ATOMS, 2) / FRAMES;
        for (int a = 0; a < ATOMS; a++) {
            for (int x = 0; x < 3; x++) {
                forces += pow(predicted[a][x] - e.frame[f].forces[a][x], 2) / (3 * ATOMS * FRAMES);
            }
        }
    }
    adatom_training_errors errors;
    assert_int_equal(adatom_loss_errors(e.loss, all_groups(&e), e.weights, &errors), ADATOM_OK);
    const double unit = e.potential->energy_factor * e.potential->energy_factor;
    assert_int_equal(errors.energies, FRAMES);
    assert_int_equal(errors.force_components, 3 * ATOMS * FRAMES);
    assert_true(fabs(unit * errors.energy_squares / FRAMES - energies) < 1e-9 * energies);
    assert_true(fabs(unit * errors.force_squares / (3 * ATOMS * FRAMES) - forces) < 1e-9 * forces);
    adatom_potential_engine_free(engine);
    clear_example(&e);
}

static void test_threads_do_not_matter(void **state)
{
    (void)state;
    double *gradients[2];
    size_t count = 0;
    for (int k = 0; k < 2; k++) {
        example e;
        make_example(&e, false, true, k == 0 ? 1 : 3);
        count = e.count;
        gradients[k] = calloc(count, sizeof(double));
        adatom_training_errors errors;
        assert_int_equal(
            adatom_loss_gradient_of(e.loss, all_groups(&e), e.weights, gradients[k], &errors),
            ADATOM_OK);
        clear_example(&e);
    }
    assert_memory_equal(gradients[0], gradients[1], count * sizeof(double));
    free(gradients[0]);
    free(gradients[1]);
}

/* Inputs have mean 0 and variance 1 per element; of targets the atoms' mean is taken away. */
static void test_standardised(void **state)
{
    (void)state;
    example e;
    make_example(&e, true, false, 1);
    double target = 0;
    size_t targets = 0;
    for (size_t t = 0; t < e.potential->element_count; t++) {
        const size_t width = e.potential->elements[t].count;
        for (size_t i = 0; i < width; i++) {
            double sum = 0, squares = 0, count = 0;
            for (size_t g = 0; g < e.dataset->group_count; g++) {
                const adatom_training_group *group = &e.dataset->groups[g];
                const size_t rows = group->first_row[t + 1] - group->first_row[t];
                for (size_t r = 0; r < rows; r++) {
                    const double input = group->inputs[group->first_input[t] + r * width + i];
                    sum += input;
                    squares += input * input;
                    count++;
                }
            }
            assert_true(fabs(sum / count) < 1e-10 && fabs(squares / count - 1) < 1e-10);
        }
    }
    for (size_t g = 0; g < e.dataset->group_count; g++) {
        for (size_t r = 0; r < e.dataset->groups[g].row_count; r++) {
            target += e.dataset->groups[g].targets[r];
            targets++;
        }
    }
    assert_int_equal(targets, FRAMES * ATOMS);
    assert_true(fabs(target) < 1e-9);
    clear_example(&e);
}

static void test_refuses_what_lacks(void **state)
{
    (void)state;
    example e;
    make_example(&e, false, false, 1);
    free(e.frame[2].forces);
    e.frame[2].forces = NULL;
    adatom_dataset_request request = {
        .name = "some.xyz", .frames = &e.frames, .with_forces = true, .memory = 1e9, .fit = true};
    adatom_dataset *dataset = NULL;
    assert_int_equal(adatom_dataset_create(&request, e.potential, e.team, &dataset),
                     ADATOM_INVALID_INPUT);
    assert_string_equal(adatom_error_message(),
                        "some.xyz: structure 3 has no forces (loss.forces=0 trains without them)");
    request.with_forces = false;
    request.memory = 10;
    assert_int_equal(adatom_dataset_create(&request, e.potential, e.team, &dataset),
                     ADATOM_INVALID_INPUT);
    assert_null(dataset);
    clear_example(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradient),           cmocka_unit_test(test_loss_is_of_the_potential),
        cmocka_unit_test(test_standardised),       cmocka_unit_test(test_threads_do_not_matter),
        cmocka_unit_test(test_refuses_what_lacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
