/*
 * Runs an exported policy on inputs: to compare what it decides, to look for undefined behaviour, and to time it.
 * Hosted C11. The policy's header and names come from the command line of the compiler:
 *
 *   -DPOLICY_HEADER='"ring0_x.h"' -DDECIDE=ring0_x_decide -DINPUTS=RING0_X_INPUTS -DACTIONS=RING0_X_ACTIONS
 *
 * An input is INPUTS numbers of 32 bits in the machine's order.
 *
 *   harness replay < inputs    writes the actions of each, then what `decide` returned, as numbers of 32 bits
 *   harness random N           N inputs of random bits and extremes; writes actions and results as `replay` does
 *   harness time N < inputs    decides N times; writes "median NS p99 NS": the time of a decision
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include POLICY_HEADER

static void decide_and_write(const int32_t *features)
{
	int32_t out[ACTIONS + 1];

	memset(out, 0, sizeof(out));
	out[ACTIONS] = DECIDE(features, out);
	fwrite(out, sizeof(out), 1, stdout);
}

static void replay(void)
{
	static int32_t features[INPUTS];

	while (fread(features, sizeof(features), 1, stdin) == 1)
		decide_and_write(features);
}

/* A xorshift generator (Marsaglia 2003), which needs no library. */
static uint64_t state = 88172645463325252u;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* A number of any size: extremes, few bits and many bits are all frequent. */
static int32_t random_number(void)
{
	static const int32_t extremes[] = { INT32_MIN, INT32_MAX, 0, 1, -1 };
	uint64_t bits = next();
	int64_t value;

	if ((bits & 15) == 0)
		return extremes[(bits >> 8) % 5];
	value = (int64_t)((bits >> 32) >> ((bits >> 8) & 31));
	return (bits & 128) ? (int32_t)-(value >> 1) : (int32_t)(value >> 1);
}

static void random_inputs(long count)
{
	static int32_t features[INPUTS];
	long i;
	int j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < INPUTS; j++)
			features[j] = random_number();
		decide_and_write(features);
	}
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Times of single decisions, less the time of the clock itself. */
static int time_decisions(long count)
{
	size_t size = 0;
	size_t room = 1024;
	int32_t *inputs = malloc(room * INPUTS * sizeof(*inputs));
	int64_t *times = malloc(2 * count * sizeof(*times));
	int64_t *clock = times ? times + count : NULL;
	int32_t action[ACTIONS];
	long i;

	while (inputs && fread(inputs + size * INPUTS, INPUTS * sizeof(*inputs), 1, stdin) == 1)
		if (++size == room)
			inputs = realloc(inputs, (room *= 2) * INPUTS * sizeof(*inputs));
	if (!inputs || !times || !size)
		return 1;
	for (i = 0; i < count; i++) {
		int64_t start = now();
		int64_t end;

		DECIDE(inputs + (i % size) * INPUTS, action);
		end = now();
		times[i] = end - start;
		clock[i] = now() - end;
	}
	qsort(times, count, sizeof(*times), ascending);
	qsort(clock, count, sizeof(*clock), ascending);
	printf("median %" PRId64 " p99 %" PRId64 "\n", times[count / 2] - clock[count / 2],
	       times[count - 1 - count / 100] - clock[count / 2]);
	free(inputs);
	free(times);
	return 0;
}

int main(int count, char **arguments)
{
	const char *mode = count > 1 ? arguments[1] : "";
	long number = count > 2 ? strtol(arguments[2], NULL, 10) : 0;

	if (!strcmp(mode, "replay") && count == 2) {
		replay();
	} else if (!strcmp(mode, "random") && number > 0) {
		random_inputs(number);
	} else if (!strcmp(mode, "time") && number > 0) {
		return time_decisions(number);
	} else {
		fprintf(stderr, "usage: harness replay | random N | time N\n");
		return 2;
	}
	return fflush(stdout) != 0;
}
