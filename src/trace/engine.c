/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding, loading and holding an instance of the recorder programs.
 *
 * An instance is recognised by its programs' names, by the build id in its .rodata (a hash of
 * the embedded object, so that two versions of snug never share), and by having been loaded by
 * root: nobody else may feed facts into a recording.  Two recorders that start at the same moment
 * take turns under a lock; when the lock is not to be had, both load, which costs time, not truth.
 */
#include "trace/engine.h"

#include "base/err.h"
#include "snug_abi.h"
#include "trace/engine-internal.h"
#include "trace/probe.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const prog_names[SNUG_N_PROGS] = {
	[SNUG_PROG_SYS_ENTER] = "snug_sys_enter", [SNUG_PROG_FORK] = "snug_fork",
	[SNUG_PROG_EXEC] = "snug_exec",           [SNUG_PROG_EXIT] = "snug_exit",
	[SNUG_PROG_SIGNAL] = "snug_signal",       [SNUG_PROG_SCAN] = "snug_scan",
};

static const char exit_prog_name[] = "snug_sys_exit";

static uint64_t build_id(void)
{
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a, 64 bits */
	const unsigned char *p;
	size_t len;

	p = snug_engine_object_bytes(&len);
	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 0x100000001b3;
	return h;
}

static struct snug_engine *engine_new(void)
{
	struct snug_engine *e = xcalloc(1, sizeof(*e));

	for (int i = 0; i < SNUG_N_PROGS; i++)
		e->progs[i] = e->links[i] = -EBADF;
	e->exit_prog = e->exit_link = -EBADF;
	e->slots_fd = e->rings_fd = e->odd_fd = e->denied_fd = e->pending_fd = -EBADF;
	e->names_fd = e->watches_fd = e->tasks_fd = e->bss_fd = -EBADF;
	e->args_fd = e->looks_fd = -EBADF;
	return e;
}

struct snug_engine *snug_engine_free(struct snug_engine *e)
{
	if (!e)
		return NULL;
	if (e->slots)
		munmap(e->slots, SNUG_SLOTS * sizeof(*e->slots));
	if (e->bss)
		munmap(e->bss, (size_t)sysconf(_SC_PAGESIZE));
	for (int i = 0; i < SNUG_N_PROGS; i++) {
		closep(&e->links[i]);
		closep(&e->progs[i]);
	}
	closep(&e->exit_link);
	closep(&e->exit_prog);
	closep(&e->slots_fd);
	closep(&e->rings_fd);
	closep(&e->odd_fd);
	closep(&e->denied_fd);
	closep(&e->pending_fd);
	closep(&e->names_fd);
	closep(&e->watches_fd);
	closep(&e->tasks_fd);
	closep(&e->bss_fd);
	closep(&e->args_fd);
	closep(&e->looks_fd);
	free(e);
	return NULL;
}

static int prog_info(int fd, struct bpf_prog_info *info)
{
	uint32_t len = sizeof(*info);

	return bpf_obj_get_info_by_fd(fd, info, &len);
}

static uint32_t prog_id(int fd)
{
	struct bpf_prog_info info = { 0 };

	return prog_info(fd, &info) == 0 ? info.id : 0;
}

uint64_t snug_engine_misses(const struct snug_engine *e)
{
	struct bpf_prog_info exit_info = { 0 };
	uint64_t sum = 0;

	for (int i = 0; i < SNUG_N_PROGS; i++) {
		struct bpf_prog_info info = { 0 };

		if (prog_info(e->progs[i], &info) == 0)
			sum += info.recursion_misses;
	}
	if (prog_info(e->exit_prog, &exit_info) == 0)
		sum += exit_info.recursion_misses;
	return sum;
}

/* Maps the slots and the counters into this process. */
static int engine_map_memory(struct snug_engine *e, struct snug_err *err)
{
	struct snug_shared_counters *counters;
	void *p;

	p = mmap(NULL, SNUG_SLOTS * sizeof(*e->slots), PROT_READ | PROT_WRITE, MAP_SHARED,
		 e->slots_fd, 0);
	if (p == MAP_FAILED)
		return snug_err_errno(err, "cannot map the recordings' bitmaps");
	e->slots = p;
	p = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_SHARED, e->bss_fd,
		 0);
	if (p == MAP_FAILED)
		return snug_err_errno(err, "cannot map the BPF programs' counters");
	counters = e->bss = p;
	e->counters = counters;
	return 0;
}

/* The build id in an instance's .rodata map, 0 when it cannot be read. */
static uint64_t rodata_build_id(int fd, const struct bpf_map_info *info)
{
	uint32_t zero = 0;
	uint64_t id;

	if (info->value_size != sizeof(id) || bpf_map_lookup_elem(fd, &zero, &id) < 0)
		return 0;
	return id;
}

/* Keeps the fd of a map in its place of @e; *right_build turns true at a .rodata of this build. */
static void engine_take_map(struct snug_engine *e, int fd, bool *right_build)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	const struct {
		const char *name;
		int *place;
	} places[] = {
		{ "snug_slots", &e->slots_fd }, { "snug_rings", &e->rings_fd },
		{ "snug_odd", &e->odd_fd },     { "snug_pending", &e->pending_fd },
		{ "snug_names", &e->names_fd }, { "snug_watches", &e->watches_fd },
		{ "snug_tasks", &e->tasks_fd }, { "snug_denied", &e->denied_fd },
		{ "snug_args", &e->args_fd },   { "snug_looks", &e->looks_fd },
	};

	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0) {
		close(fd);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (strcmp(info.name, places[i].name) == 0 && *places[i].place < 0) {
			*places[i].place = fd;
			return;
		}
	}
	/* libbpf names these after the object: "snug_rec.bss" */
	if (strstr(info.name, ".bss") && e->bss_fd < 0) {
		e->bss_fd = fd;
		return;
	}
	if (strstr(info.name, ".rodata") && rodata_build_id(fd, &info) == build_id())
		*right_build = true;
	close(fd);
}

/* Collects the maps of a program.  Returns whether a .rodata of this build is among them. */
static bool engine_take_maps(struct snug_engine *e, int prog_fd)
{
	uint32_t ids[16];
	struct bpf_prog_info info = { .nr_map_ids = ARRAY_SIZE(ids), .map_ids = (uintptr_t)ids };
	bool right_build = false;

	if (prog_info(prog_fd, &info) < 0)
		return false;
	for (uint32_t i = 0; i < info.nr_map_ids && i < ARRAY_SIZE(ids); i++) {
		int fd = bpf_map_get_fd_by_id(ids[i]);

		if (fd >= 0)
			engine_take_map(e, fd, &right_build);
	}
	return right_build;
}

static uint32_t map_id(int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) == 0 ? info.id : 0;
}

/* Whether the program uses the map with this id. */
static bool prog_uses_map(int prog_fd, uint32_t id)
{
	uint32_t ids[16];
	struct bpf_prog_info info = { .nr_map_ids = ARRAY_SIZE(ids), .map_ids = (uintptr_t)ids };

	if (prog_info(prog_fd, &info) < 0)
		return false;
	for (uint32_t i = 0; i < info.nr_map_ids && i < ARRAY_SIZE(ids); i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

/* The link's program when it is one of ours: its place in prog_names, else -1. */
static int link_prog(int link_fd, int *ret_prog_fd)
{
	CLEANUP(closep) int prog_fd = -EBADF;
	struct bpf_link_info link = { 0 };
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(link);

	if (bpf_obj_get_info_by_fd(link_fd, &link, &len) < 0)
		return -1;
	if (link.type != BPF_LINK_TYPE_RAW_TRACEPOINT && link.type != BPF_LINK_TYPE_TRACING &&
	    link.type != BPF_LINK_TYPE_ITER)
		return -1;
	prog_fd = bpf_prog_get_fd_by_id(link.prog_id);
	if (prog_fd < 0 || prog_info(prog_fd, &info) < 0 || info.created_by_uid != 0)
		return -1;
	for (int i = 0; i < SNUG_N_PROGS; i++) {
		if (strcmp(info.name, prog_names[i]) == 0) {
			*ret_prog_fd = snug_steal_fd(&prog_fd);
			return i;
		}
	}
	return -1;
}

/* Walks all links of the host once; takes those that belong to @e's slots map. */
static void engine_take_links(struct snug_engine *e)
{
	uint32_t slots_id = map_id(e->slots_fd), id = 0;

	while (bpf_link_get_next_id(id, &id) == 0) {
		CLEANUP(closep) int link_fd = bpf_link_get_fd_by_id(id);
		CLEANUP(closep) int prog_fd = -EBADF;
		int i;

		if (link_fd < 0)
			continue;
		i = link_prog(link_fd, &prog_fd);
		if (i < 0 || e->links[i] >= 0 || !prog_uses_map(prog_fd, slots_id))
			continue;
		e->links[i] = snug_steal_fd(&link_fd);
		e->progs[i] = snug_steal_fd(&prog_fd);
	}
}

/* snug_sys_exit has no link to be found by as long as nobody wants it; whoever loaded the instance
 * has left the program's id. */
static void engine_take_exit_prog(struct snug_engine *e)
{
	CLEANUP(closep) int fd = -EBADF;
	struct bpf_prog_info info = { 0 };
	struct snug_shared_counters c;
	uint32_t zero = 0, slots_id = map_id(e->slots_fd);

	if (e->bss_fd < 0 || bpf_map_lookup_elem(e->bss_fd, &zero, &c) < 0)
		return;
	fd = bpf_prog_get_fd_by_id((uint32_t)c.exit_prog_id);
	if (fd >= 0 && prog_info(fd, &info) == 0 && info.created_by_uid == 0 &&
	    strcmp(info.name, exit_prog_name) == 0 && prog_uses_map(fd, slots_id))
		e->exit_prog = snug_steal_fd(&fd);
}

int snug_engine_find_exit_link(struct snug_engine *e)
{
	uint32_t wanted = prog_id(e->exit_prog), id = 0;

	while (wanted && bpf_link_get_next_id(id, &id) == 0) {
		CLEANUP(closep) int fd = bpf_link_get_fd_by_id(id);
		struct bpf_link_info info = { 0 };
		uint32_t len = sizeof(info);

		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0 || info.prog_id != wanted)
			continue;
		e->exit_link = snug_steal_fd(&fd);
		return 0;
	}
	return -ENOENT;
}

static bool engine_is_whole(const struct snug_engine *e)
{
	for (int i = 0; i < SNUG_N_PROGS; i++) {
		if (e->links[i] < 0)
			return false;
	}
	return e->exit_prog >= 0 && e->slots_fd >= 0 && e->rings_fd >= 0 && e->odd_fd >= 0 &&
	       e->denied_fd >= 0 && e->pending_fd >= 0 && e->names_fd >= 0 && e->watches_fd >= 0 &&
	       e->tasks_fd >= 0 && e->bss_fd >= 0 && e->args_fd >= 0 && e->looks_fd >= 0;
}

/* Whether this process is itself part of a recording of that instance: snug under snug.  It must
 * not share, because a task carries one mark an instance. */
static bool engine_records_us(const struct snug_engine *e)
{
	CLEANUP(closep) int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	struct snug_mark mark;

	return pidfd >= 0 && bpf_map_lookup_elem(e->tasks_fd, &pidfd, &mark) == 0;
}

/* The host's instance, or NULL when there is none that can be used. */
static struct snug_engine *engine_find(void)
{
	uint32_t id = 0;

	while (bpf_link_get_next_id(id, &id) == 0) {
		CLEANUP(snug_engine_freep) struct snug_engine *e = NULL;
		CLEANUP(closep) int link_fd = bpf_link_get_fd_by_id(id);
		CLEANUP(closep) int prog_fd = -EBADF;
		bool right_build = false;

		if (link_fd < 0 || link_prog(link_fd, &prog_fd) != SNUG_PROG_SYS_ENTER)
			continue;
		e = engine_new();
		(void)engine_take_maps(e, prog_fd);
		engine_take_links(e);
		for (int i = SNUG_PROG_FORK; i < SNUG_N_PROGS;
		     i++) /* each program uses some of the maps */
			right_build |= engine_take_maps(e, e->progs[i]);
		/* another build's values may be larger than ours: nothing of it is read */
		if (!right_build)
			continue;
		engine_take_exit_prog(e);
		if (!engine_is_whole(e) || engine_records_us(e))
			continue;
		return STEAL(e);
	}
	return NULL;
}

static int engine_load(bool alone, struct snug_engine **ret, struct snug_err *err)
{
	CLEANUP(snug_engine_freep) struct snug_engine *e = engine_new();
	uint64_t id = alone ? ~build_id() : build_id(); /* the complement is looked for by nobody */
	int r;

	/* FIXME(kernel 5.17): only older kernels need the second way */
	r = snug_engine_load_light(e, id);
	if (r < 0)
		r = snug_engine_load_full(e, id, err);
	if (r < 0)
		return r;
	if (!engine_is_whole(e))
		return snug_err_errno(err, "cannot keep the BPF descriptors open");
	*ret = STEAL(e);
	return 0;
}

/* Any file will do that the same kernel shows to all who may load programs; the first is closed to
 * everybody else.  Patience is short all the same: the lock saves time, not truth. */
static int lock_loading(void)
{
	enum { TRIES = 20, PAUSE_US = 5000 };
	CLEANUP(closep) int fd = open("/proc/vmallocinfo", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);

	for (int i = 0; fd >= 0 && i < TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return snug_steal_fd(&fd);
		usleep(PAUSE_US);
	}
	return -EBADF;
}

int snug_engine_open(bool alone, struct snug_engine **ret, struct snug_err *err)
{
	CLEANUP(snug_engine_freep) struct snug_engine *e = NULL;
	CLEANUP(closep) int lock = -EBADF;
	bool is_ours = false;
	int r;

	snug_probe_quiet_libbpf();
	r = snug_probe_bpf_engine("recording", err);
	if (r < 0)
		return r;
	if (!alone) {
		lock = lock_loading();
		e = engine_find();
	}
	if (!e) {
		is_ours = true;
		r = engine_load(alone, &e, err);
		if (r < 0)
			return r;
	}
	snug_bug_on(!e);
	r = engine_map_memory(e, err);
	if (r < 0)
		return r;
	if (is_ours)
		e->counters->exit_prog_id = prog_id(e->exit_prog);
	*ret = STEAL(e);
	return 0;
}
