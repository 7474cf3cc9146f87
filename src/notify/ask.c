/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/ask.h"

#include "base/err.h"
#include "base/fdpass.h"
#include "notify/listener.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void add(struct snug_ask *a, struct sock_filter insn)
{
	snug_bug_on(a->n_insns == ARRAY_SIZE(a->insns));
	a->insns[a->n_insns++] = insn;
}

static void add_load(struct snug_ask *a, size_t offset)
{
	add(a, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void add_jump(struct snug_ask *a, uint32_t value, uint8_t unless)
{
	add(a, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, unless));
}

static void add_return(struct snug_ask *a, uint32_t ret)
{
	add(a, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, ret));
}

/* Flags are looked at before the program, which is not there: EFAULT (kernel/seccomp.c). */
static bool kernel_has(unsigned flags)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, NULL) < 0 && errno == EFAULT;
}

void snug_ask_init(struct snug_ask *ret, const struct snug_ask_exempt *exempt, size_t n_exempt)
{
	*ret = (struct snug_ask){ .flags = SECCOMP_FILTER_FLAG_NEW_LISTENER };
	for (size_t i = 0; i < n_exempt; i++) {
		add_load(ret, offsetof(struct seccomp_data, arch));
		add_jump(ret, exempt[i].audit_arch, 3);
		add_load(ret, offsetof(struct seccomp_data, nr));
		add_jump(ret, exempt[i].nr, 1);
		add_return(ret, SECCOMP_RET_ALLOW);
	}
	add_return(ret, SECCOMP_RET_USER_NOTIF);
	ret->is_killable = kernel_has(ret->flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
	if (ret->is_killable)
		ret->flags |= SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	/* the program is watched, not confined: nothing to make it slower for */
	if (kernel_has(ret->flags | SECCOMP_FILTER_FLAG_SPEC_ALLOW))
		ret->flags |= SECCOMP_FILTER_FLAG_SPEC_ALLOW;
}

static long install(const struct snug_ask *ask)
{
	const struct sock_fprog prog = { .len = ask->n_insns,
					 .filter = (struct sock_filter *)(uintptr_t)ask->insns };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, ask->flags, &prog);
}

int snug_ask_install(const struct snug_ask *ask)
{
	long r = install(ask);

	/* whoever may do without no_new_privs keeps what set-user-ID programs are worth */
	if (r < 0 && errno == EACCES) {
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
			return -errno;
		r = install(ask);
	}
	return r < 0 ? -errno : (int)r;
}

const char *snug_ask_hint(int r)
{
	switch (-r) {
	case EBUSY:
		return " (a filter in force here has a listener already: another recording of this "
		       "kind, or a supervised container)";
	case EPERM:
	case ENOSYS:
		return " (a filter in force here, a container's perhaps, forbids seccomp(2))";
	case EINVAL:
		return " (needs Linux 5.9 with CONFIG_SECCOMP_FILTER)";
	case ENOMEM:
		return " (the filters in force here are too large)";
	default:
		return "";
	}
}

/* A process that is asked for one call only. */
_Noreturn static void be_asked(int socket)
{
	struct snug_ask ask;
	int fd;

	snug_ask_init(&ask, NULL, 0);
	ask.n_insns = 0;
	add_load(&ask, offsetof(struct seccomp_data, nr));
	add_jump(&ask, SYS_getpgid, 1);
	add_return(&ask, SECCOMP_RET_USER_NOTIF);
	add_return(&ask, SECCOMP_RET_ALLOW);
	fd = snug_ask_install(&ask);
	if (fd < 0)
		_exit(-fd < 255 ? -fd : 255);
	(void)snug_fd_send(socket, fd);
	close(fd);
	/* 0: the group's number is one of another PID namespace */
	_exit(getpgid(0) >= 0 ? 0 : 255);
}

static bool wait_for(int fd, short events)
{
	enum { LONG_MS = 2000 };
	struct pollfd p = { .fd = fd, .events = events };
	int r;

	do
		r = poll(&p, 1, LONG_MS);
	while (r < 0 && errno == EINTR);
	return r == 1 && p.revents & (events | POLLHUP);
}

/* Its one call, as the supervisor sees it. */
static int answer_once(int socket, struct snug_listener **ret, struct snug_err *err)
{
	struct snug_notice n;
	int fd = wait_for(socket, POLLIN) ? snug_fd_receive(socket) : -EAGAIN, r;

	if (fd < 0)
		return fd; /* its exit status tells why */
	r = snug_listener_new(fd, ret, err);
	if (r < 0)
		return r;
	if (!wait_for(fd, POLLIN) || snug_listener_receive(*ret, &n) <= 0)
		return -EIO;
	r = snug_listener_let_pass(*ret, &n);
	return r == -EINVAL ? -EOPNOTSUPP : r;
}

static int try_on(pid_t pid, int socket, struct snug_err *err)
{
	CLEANUP(snug_listener_freep) struct snug_listener *l = NULL;
	int r = answer_once(socket, &l, err), status = 0;

	if (r < 0 && l)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!l && WIFEXITED(status) && WEXITSTATUS(status) && WEXITSTATUS(status) < 255)
		return -WEXITSTATUS(status);
	if (r < 0)
		return r;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return -EIO;
	/* Linux 5.9: the end of a recording */
	return wait_for(snug_listener_poll_fd(l), 0) ? 0 : -EINVAL;
}

int snug_ask_probe(struct snug_err *err)
{
	CLEANUP(snug_err_done) struct snug_err why = SNUG_ERR_INIT;
	CLEANUP(closep) int near = -EBADF;
	int ends[2], r;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return snug_err_errno(err, "socketpair");
	near = ends[0];
	pid = fork();
	if (pid == 0) {
		/* or its own death would go unnoticed */
		close(ends[0]);
		be_asked(ends[1]);
	}
	close(ends[1]);
	if (pid < 0)
		return snug_err_errno(err, "cannot fork");
	r = try_on(pid, near, &why);
	if (r == 0)
		return 0;
	if (r == -EOPNOTSUPP)
		r = -EINVAL;
	return snug_err_set(err, r, "seccomp's user notification cannot be used: %s%s",
			    strerror(-r), snug_ask_hint(r));
}
