/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/deaths.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"
#include "cmd/kernel-log.h"
#include "cmd/say.h"
#include "seccomp/syscalls.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

/* The kernel's audit thread writes the record after the process has died. */
enum { LOG_WAIT_MS = 200 };

void deaths_init(struct deaths *d, pid_t pid, bool can_kill)
{
	CLEANUP(snug_err_done) struct snug_err err = SNUG_ERR_INIT;

	*d = (struct deaths){ .pid = pid, .log_fd = -EBADF };
	if (!can_kill || snug_sigsys_open(&d->source, &err) == 0)
		return;
	d->log_fd = kernel_log_open();
}

void deaths_done(struct deaths *d)
{
	d->source = snug_sigsys_free(d->source);
	closep(&d->log_fd);
	VEC_DONE(&d->told);
}

int deaths_poll_fd(const struct deaths *d)
{
	return d->source ? snug_sigsys_poll_fd(d->source) : -1;
}

/* "chmod (number 90, x86_64)" */
static void add_call(struct snug_str *out, const struct snug_sigsys_event *ev)
{
	enum snug_arch arch = snug_arch_of_call(ev->audit_arch, ev->nr);
	uint32_t nr = arch == SNUG_ARCH_X32 ? ev->nr & ~snug_arch_number_base(arch) : ev->nr;
	const char *name;

	name = arch == _SNUG_ARCH_INVALID ? NULL : snug_syscall_name(arch, nr);
	snug_str_addf(out, "%s (number %u, %s)", name ? name : "a call without a name", nr,
		      arch == _SNUG_ARCH_INVALID ? "unknown ABI" : snug_arch_name(arch));
}

/* Or there are too many. */
static bool is_told(const struct deaths *d, const struct snug_sigsys_event *ev)
{
	VEC_FOREACH (other, &d->told)
		if (other->nr == ev->nr && other->audit_arch == ev->audit_arch &&
		    strcmp(other->comm, ev->comm) == 0)
			return true;
	return d->told.len == SNUG_LIMIT_REFUSALS;
}

static void on_event(void *data, const struct snug_sigsys_event *ev)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;
	struct deaths *d = data;

	if (ev->is_child) {
		d->has_event = true;
		d->event = *ev;
	}
	if (d->on_event)
		d->on_event(d->data, ev);
	if (d->on_event || ev->is_child || is_told(d, ev))
		return;
	*VEC_PUSH(&d->told) = *ev;
	snug_str_add(&text, "process ");
	snug_str_addf(&text, "%u (", ev->pid);
	snug_str_add_printable(&text, ev->comm, strlen(ev->comm), sizeof(ev->comm));
	snug_str_add(&text, ") got SIGSYS from seccomp for the call ");
	add_call(&text, ev);
	say_warn("%s", snug_str_text(&text));
}

void deaths_on_ready(void *data)
{
	struct deaths *d = data;

	if (d->source)
		(void)snug_sigsys_dispatch(d->source, on_event, d);
}

void deaths_report(struct deaths *d, int wstatus, const char *profile)
{
	CLEANUP(snug_str_done) struct snug_str text = SNUG_STR_INIT;

	deaths_on_ready(d);
	if (!WIFSIGNALED(wstatus) || WTERMSIG(wstatus) != SIGSYS)
		return;
	if (!d->has_event && d->log_fd >= 0) {
		d->has_event = kernel_log_find_kill(d->log_fd, d->pid, LOG_WAIT_MS, &d->event);
		if (d->has_event && d->on_event)
			d->on_event(d->data, &d->event);
	}
	if (d->has_event) {
		add_call(&text, &d->event);
		say_note("killed by seccomp: the profile '%s' does not allow %s", profile,
			 snug_str_text(&text));
	} else {
		say_note(
			"killed by SIGSYS: the profile '%s' does not allow a call that the command "
			"made; run this as root to learn which, or see the kernel's log: "
			"sudo dmesg | grep type=1326",
			profile);
	}
}
