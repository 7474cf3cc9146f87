/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One recording's slot of an instance.
 *
 * Slots are claimed by compare-and-swap in memory that all recorders share with the kernel, so no
 * lock file is needed.  The owner's own mark lets the exit program free the slot when the owner
 * dies.  A used slot gets a new generation and then a grace period before its bitmap is zeroed:
 * a program that found the old generation valid may still be about to set a bit.
 */
#include "base/err.h"
#include "snug_abi.h"
#include "trace/engine-internal.h"
#include "trace/engine.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef void (*news_fn)(void *data, const struct snug_news *n, const char *exec_path);

struct snug_target {
	struct snug_engine *engine; /* borrowed */
	uint32_t index;
	struct snug_slot *slot; /* inside the engine's mapping */
	struct snug_mark mark;  /* what members carry */
	struct ring_buffer *ring;
	struct snug_name_key name;
	bool has_name;
	bool is_owner_marked;
	uint64_t misses_before;
	news_fn fn; /* during dispatch */
	void *fn_data;
};

static int on_news(void *ctx, void *data, size_t size)
{
	struct snug_target *t = ctx;
	const struct snug_news *n = data;
	const struct snug_exec_news *exec = data;
	char path[SNUG_PATH_LEN];

	if (size < sizeof(*n) || n->gen != t->mark.gen)
		return 0;
	if (n->type != SNUG_NEWS_EXEC || size < sizeof(*exec)) {
		t->fn(t->fn_data, n, NULL);
		return 0;
	}
	memcpy(path, exec->path, sizeof(path));
	path[sizeof(path) - 1] = '\0';
	t->fn(t->fn_data, n, path);
	return 0;
}

static bool slot_try_claim(struct snug_slot *s)
{
	uint32_t expected = SNUG_SLOT_FREE;

	return __atomic_compare_exchange_n(&s->state, &expected, SNUG_SLOT_CLAIMED, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* Prefers slots that were never used: they need no grace period. */
static int claim_slot(struct snug_target *t, struct snug_err *err)
{
	uint32_t start = (uint32_t)getpid() * 2654435761u;

	for (int pass = 0; pass < 2; pass++) {
		for (uint32_t i = 0; i < SNUG_SLOTS; i++) {
			uint32_t index = (start + i) % SNUG_SLOTS;
			struct snug_slot *s = &t->engine->slots[index];

			if ((pass == 0 && s->gen != 0) || !slot_try_claim(s))
				continue;
			t->index = index;
			t->slot = s;
			return 0;
		}
	}
	return snug_err_set(err, -EAGAIN, "all %d recordings that this host can hold are in use",
			    SNUG_SLOTS);
}

static void prepare_slot(struct snug_target *t)
{
	struct snug_slot *s = t->slot;
	uint32_t gen = __atomic_add_fetch(&s->gen, 1, __ATOMIC_SEQ_CST);

	/* waits for an RCU grace period: no program is left that saw the old generation */
	if (gen != 1)
		(void)syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	s->tasks = s->odd = s->lost_news = s->lost_tasks = s->lost_odd = 0;
	memset(s->bits, 0, sizeof(s->bits));
	t->mark = (struct snug_mark){ .slot = t->index, .gen = gen, .role = SNUG_ROLE_MEMBER };
}

static int make_ring(struct snug_target *t, struct snug_err *err)
{
	CLEANUP(closep) int fd = -EBADF;

	fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "snug_ring", 0, 0, SNUG_RING_BYTES, NULL);
	if (fd < 0)
		return snug_err_errno(err, "cannot create the ring buffer");
	if (bpf_map_update_elem(t->engine->rings_fd, &t->index, &fd, BPF_ANY) < 0)
		return snug_err_errno(err, "cannot install the ring buffer");
	t->ring = ring_buffer__new(fd, on_news, t, NULL);
	if (!t->ring)
		return snug_err_errno(err, "cannot map the ring buffer");
	return 0;
}

static int mark_owner(struct snug_target *t, struct snug_err *err)
{
	CLEANUP(closep) int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct snug_mark mark = t->mark;

	mark.role = SNUG_ROLE_OWNER;
	if (pidfd < 0)
		return snug_err_errno(err, "pidfd_open");
	if (bpf_map_update_elem(t->engine->tasks_fd, &pidfd, &mark, BPF_ANY) < 0)
		return snug_err_errno(err, "cannot mark the recorder");
	t->is_owner_marked = true;
	return 0;
}

/* Takes numbers out of the map that all recordings share: those of recorders that were killed, and
 * with @ours those of @t. */
static void sweep_odd(struct snug_target *t, bool ours)
{
	struct snug_odd_key key, next;
	void *prev = NULL;

	while (bpf_map_get_next_key(t->engine->odd_fd, prev, &next) == 0) {
		const struct snug_slot *s = &t->engine->slots[next.slot % SNUG_SLOTS];
		bool is_ours = next.slot == t->index && next.gen == t->mark.gen;

		if ((ours && is_ours) || s->gen != next.gen || s->state == SNUG_SLOT_FREE) {
			(void)bpf_map_delete_elem(t->engine->odd_fd, &next);
			continue; /* the walk goes on from the same predecessor */
		}
		key = next;
		prev = &key;
	}
}

int snug_target_new(struct snug_engine *e, struct snug_target **ret, struct snug_err *err)
{
	CLEANUP(snug_target_freep) struct snug_target *t = xcalloc(1, sizeof(*t));
	int r;

	t->engine = e;
	r = claim_slot(t, err);
	if (r < 0)
		return r;
	prepare_slot(t);
	r = mark_owner(t, err);
	if (r == 0)
		r = make_ring(t, err);
	if (r < 0)
		return r;
	sweep_odd(t, false);
	t->misses_before = snug_engine_misses(e);
	__atomic_store_n(&t->slot->state, SNUG_SLOT_LIVE, __ATOMIC_RELEASE);
	*ret = STEAL(t);
	return 0;
}

static void drop_pending(struct snug_target *t)
{
	uint32_t key, next;
	void *prev = NULL;

	if (!__atomic_load_n(&t->engine->counters->n_pending, __ATOMIC_RELAXED))
		return;
	while (bpf_map_get_next_key(t->engine->pending_fd, prev, &next) == 0) {
		struct snug_mark mark;

		if (bpf_map_lookup_elem(t->engine->pending_fd, &next, &mark) == 0 &&
		    mark.slot == t->index && mark.gen == t->mark.gen &&
		    bpf_map_delete_elem(t->engine->pending_fd, &next) == 0) {
			__atomic_sub_fetch(&t->engine->counters->n_pending, 1, __ATOMIC_RELAXED);
			continue;
		}
		key = next;
		prev = &key;
	}
}

struct snug_target *snug_target_free(struct snug_target *t)
{
	if (!t)
		return NULL;
	if (t->slot) {
		snug_target_stop(t);
		if (t->slot->odd)
			sweep_odd(t, true);
		drop_pending(t);
		(void)bpf_map_delete_elem(t->engine->rings_fd, &t->index);
	}
	if (t->is_owner_marked) {
		CLEANUP(closep) int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);

		if (pidfd >= 0)
			(void)bpf_map_delete_elem(t->engine->tasks_fd, &pidfd);
	}
	if (t->slot)
		__atomic_store_n(&t->slot->state, SNUG_SLOT_FREE, __ATOMIC_RELEASE);
	ring_buffer__free(t->ring);
	free(t);
	return NULL;
}

int snug_target_arm(struct snug_target *t, int pidfd, struct snug_err *err)
{
	struct snug_mark mark = t->mark;
	uint32_t nr = SYS_execve;

	mark.role = SNUG_ROLE_ARMED;
	__atomic_add_fetch(&t->slot->tasks, 1, __ATOMIC_RELAXED);
	if (bpf_map_update_elem(t->engine->tasks_fd, &pidfd, &mark, BPF_ANY) < 0)
		return snug_err_errno(err, "cannot mark the command's process");
	__atomic_or_fetch(&t->slot->bits[SNUG_ABI_NATIVE * SNUG_ABI_WORDS + nr / 64],
			  1ull << (nr % 64), __ATOMIC_RELAXED);
	return 0;
}

/* Marks all threads of the running process @pid through the map that threads without a mark look
 * into.  Threads that are born meanwhile by unmarked ones are met by the caller's next round. */
static unsigned add_threads(struct snug_target *t, const char *pid)
{
	char dir_path[64], digits[16];
	unsigned added = 0;
	struct dirent *de;
	DIR *dir;

	snprintf(dir_path, sizeof(dir_path), "/proc/%.16s/task", pid);
	dir = opendir(dir_path);
	if (!dir)
		return 0;
	while ((de = readdir(dir))) {
		uint32_t tid = 0;

		if (de->d_name[0] < '0' || de->d_name[0] > '9')
			continue;
		snprintf(digits, sizeof(digits), "%.15s", de->d_name);
		for (const char *p = digits; *p >= '0' && *p <= '9'; p++)
			tid = tid * 10 + (uint32_t)(*p - '0');
		if (bpf_map_update_elem(t->engine->pending_fd, &tid, &t->mark, BPF_NOEXIST) < 0)
			continue;
		__atomic_add_fetch(&t->engine->counters->n_pending, 1, __ATOMIC_RELAXED);
		__atomic_add_fetch(&t->slot->tasks, 1, __ATOMIC_RELAXED);
		added++;
	}
	closedir(dir);
	return added;
}

static bool comm_is(const char *pid, const char *comm)
{
	CLEANUP(closep) int fd = -EBADF;
	char path[64], got[SNUG_COMM_LEN + 1];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%.16s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, got, sizeof(got) - 1);
	if (n <= 0)
		return false;
	got[got[n - 1] == '\n' ? n - 1 : n] = '\0';
	return strcmp(got, comm) == 0;
}

static unsigned add_running(struct snug_target *t, const char *comm)
{
	unsigned added = 0;
	struct dirent *de;
	DIR *proc;

	proc = opendir("/proc");
	if (!proc)
		return 0;
	while ((de = readdir(proc))) {
		if (de->d_name[0] >= '0' && de->d_name[0] <= '9' && comm_is(de->d_name, comm))
			added += add_threads(t, de->d_name);
	}
	closedir(proc);
	return added;
}

/* Thread ids in /proc are those of its PID namespace, marks go by the kernel's own. */
static bool is_initial_pid_namespace(void)
{
	enum { PROC_PID_INIT_INO = 0xEFFFFFFC }; /* include/linux/proc_ns.h */
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == (ino_t)PROC_PID_INIT_INO;
}

int snug_target_add_comm(struct snug_target *t, const char *comm, bool *ret_no_running,
			 struct snug_err *err)
{
	enum { MAX_ROUNDS = 16 };

	memset(&t->name, 0, sizeof(t->name));
	memcpy(t->name.comm, comm, strnlen(comm, SNUG_COMM_LEN - 1));
	if (bpf_map_update_elem(t->engine->names_fd, &t->name, &t->mark, BPF_ANY) < 0)
		return snug_err_errno(err, "cannot wait for programs named '%s'", t->name.comm);
	t->has_name = true;
	__atomic_add_fetch(&t->engine->counters->n_names, 1, __ATOMIC_RELAXED);
	*ret_no_running = !is_initial_pid_namespace();
	for (int i = 0; !*ret_no_running && i < MAX_ROUNDS && add_running(t, t->name.comm); i++)
		;
	return 0;
}

int snug_target_poll_fd(const struct snug_target *t)
{
	return ring_buffer__epoll_fd(t->ring);
}

int snug_target_dispatch(struct snug_target *t, news_fn fn, void *data)
{
	t->fn = fn;
	t->fn_data = data;
	return ring_buffer__consume(t->ring);
}

uint64_t snug_target_n_tasks(const struct snug_target *t)
{
	return __atomic_load_n(&t->slot->tasks, __ATOMIC_ACQUIRE);
}

void snug_target_stop(struct snug_target *t)
{
	uint32_t live = SNUG_SLOT_LIVE;

	(void)__atomic_compare_exchange_n(&t->slot->state, &live, SNUG_SLOT_CLAIMED, false,
					  __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	if (!t->has_name)
		return;
	t->has_name = false;
	if (bpf_map_delete_elem(t->engine->names_fd, &t->name) == 0)
		__atomic_sub_fetch(&t->engine->counters->n_names, 1, __ATOMIC_RELAXED);
}

void snug_target_calls(const struct snug_target *t,
		       void (*fn)(void *data, uint32_t abi, uint32_t nr), void *data)
{
	struct snug_odd_key key, *prev = NULL;

	for (uint32_t abi = 0; abi < _SNUG_ABI_MAX; abi++) {
		for (uint32_t nr = 0; nr < SNUG_CALLS; nr++) {
			if (t->slot->bits[abi * SNUG_ABI_WORDS + nr / 64] & 1ull << (nr % 64))
				fn(data, abi, nr);
		}
	}
	if (!t->slot->odd)
		return;
	while (bpf_map_get_next_key(t->engine->odd_fd, prev, &key) == 0) {
		prev = &key;
		if (key.slot == t->index && key.gen == t->mark.gen)
			fn(data, key.abi, key.nr);
	}
}

void snug_target_losses(const struct snug_target *t, struct snug_losses *ret)
{
	*ret = (struct snug_losses){
		.news = t->slot->lost_news,
		.tasks = t->slot->lost_tasks,
		.numbers = t->slot->lost_odd,
		.misses = snug_engine_misses(t->engine) - t->misses_before,
	};
}
