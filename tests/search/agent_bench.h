/* An agent with all that it needs, for tests that look into it. */
#ifndef ADATOM_TESTS_AGENT_BENCH_H
#define ADATOM_TESTS_AGENT_BENCH_H

#include "search_example.h"

#include "search/agent.h"

typedef struct bench {
    adatom_problem *problem;
    adatom_team *team;
    adatom_agent *agent;
} bench;

static bench make_bench(const adatom_search_options *options)
{
    bench b;
    assert_int_equal(adatom_problem_create(options, &b.problem), ADATOM_OK);
    assert_int_equal(adatom_team_create(1, &b.team), ADATOM_OK);
    assert_int_equal(adatom_agent_create(b.problem, options, b.team, &b.agent), ADATOM_OK);
    return b;
}

static void clear_bench(bench *b)
{
    adatom_agent_free(b->agent);
    adatom_team_free(b->team);
    adatom_problem_free(b->problem);
}

#endif
