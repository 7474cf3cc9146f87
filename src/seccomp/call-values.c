/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/call-values.h"

#include "base/str.h"
#include "base/words.h"
#include "seccomp/call-args-internal.h"
#include "seccomp/call-args.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { MAX_STRING = 120 }; /* bytes of a string that are shown */

struct call {
	const char *name;
	const uint64_t *args;
	uint64_t mask; /* the bits of an argument that count */
	const struct snug_call_memory *memory;
	struct snug_str *out;
};

/* Whether @arg of @call points to a text that ends with NUL: the kernel's own names for such
 * parameters tell, but for a few that also stand for other things. */
static bool is_string(const char *call, const struct snug_call_arg *arg)
{
	static const char *const always[] = {
		"filename", "pathname",      "path",        "oldname", "newname",
		"dev_name", "dir_name",      "new_root",    "put_old", "specialfile",
		"special",  "u_name",        "fs_name",     "library", "description",
		"key",      "from_pathname", "to_pathname", NULL
	};
	static const char *const no_name[] = { "uname",       "olduname",      "oldolduname",
					       "sethostname", "setdomainname", NULL };

	if (!arg->name)
		return false;
	if (strcmp(arg->name, "name") == 0)
		return snug_words_index(no_name, call) < 0;
	if (strcmp(arg->name, "type") == 0)
		return true;
	return snug_words_index(always, arg->name) >= 0;
}

static long read_memory(const struct call *c, uint64_t address, void *buf, size_t size)
{
	return c->memory ? c->memory->read(c->memory->data, address, buf, size) : -1;
}

static void add_string(const struct call *c, uint64_t address)
{
	char buf[MAX_STRING + 1];
	long n = read_memory(c, address, buf, sizeof(buf));
	size_t len;

	if (n <= 0) {
		snug_str_add(c->out, "...");
		return;
	}
	len = strnlen(buf, (size_t)n);
	snug_str_addc(c->out, '"');
	snug_str_add_printable(c->out, buf, len, MAX_STRING);
	/* the memory ends before the text does: the call would have failed */
	snug_str_add(c->out, len == (size_t)n && len < sizeof(buf) ? "\"..." : "\"");
}

/* Behind "AF_INET ". */
static void add_inet(const struct call *c, const void *addr, int family)
{
	const struct sockaddr_in *in = addr;
	const struct sockaddr_in6 *in6 = addr;
	char text[INET6_ADDRSTRLEN];

	if (family == AF_INET && inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text)))
		snug_str_addf(c->out, " %s:%u", text, ntohs(in->sin_port));
	else if (family == AF_INET6 && inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text)))
		snug_str_addf(c->out, " [%s]:%u", text, ntohs(in6->sin6_port));
}

static void add_unix(const struct call *c, const struct sockaddr_un *un, size_t len)
{
	size_t head = offsetof(struct sockaddr_un, sun_path);
	const char *path = un->sun_path;

	if (len <= head)
		return;
	len -= head;
	/* a name without a file begins with NUL, may hold others, and is as long as it is said to
	 * be (unix(7)) */
	snug_str_addc(c->out, ' ');
	if (*path) {
		len = strnlen(path, len);
	} else {
		snug_str_addc(c->out, '@');
		path++;
		len--;
	}
	snug_str_add_printable(c->out, path, len, len);
}

static void add_sockaddr(const struct call *c, uint64_t address, uint64_t said_len)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} addr;
	size_t len = said_len < sizeof(addr) ? (size_t)said_len : sizeof(addr);
	const char *family;
	long n;

	memset(&addr, 0, sizeof(addr));
	n = read_memory(c, address, &addr, len);
	if (n < (long)sizeof(sa_family_t)) {
		snug_str_add(c->out, "...");
		return;
	}
	family = snug_constant_name("AF", addr.any.sa_family);
	if (family)
		snug_str_addf(c->out, "{%s", family);
	else
		snug_str_addf(c->out, "{%u", addr.any.sa_family);
	if (addr.any.sa_family == AF_UNIX)
		add_unix(c, &addr.un, (size_t)n);
	else if ((size_t)n >=
		 (addr.any.sa_family == AF_INET6 ? sizeof(addr.in6) - 4 : sizeof(addr.in)))
		add_inet(c, &addr, addr.any.sa_family);
	snug_str_addc(c->out, '}');
}

static void add_pointer(const struct call *c, const struct snug_call_arg *arg, unsigned i)
{
	uint64_t value = c->args[i] & c->mask;

	if (!value)
		snug_str_add(c->out, "NULL");
	else if (is_string(c->name, arg))
		add_string(c, value);
	else if (i == 1 && (strcmp(c->name, "connect") == 0 || strcmp(c->name, "bind") == 0))
		add_sockaddr(c, value, c->args[2] & UINT32_MAX);
	else if (i == 4 && strcmp(c->name, "sendto") == 0)
		add_sockaddr(c, value, c->args[5] & UINT32_MAX);
	else
		snug_str_add(c->out, "...");
}

static void add_arg(const struct call *c, const struct snug_call_arg *arg, unsigned i)
{
	uint64_t value = c->args[i] & c->mask;

	switch (arg->kind) {
	case SNUG_ARG_POINTER:
		add_pointer(c, arg, i);
		return;
	case SNUG_ARG_FD:
		value &= UINT32_MAX;
		if (snug_constant_name(arg->set, value))
			snug_str_add(c->out, snug_constant_name(arg->set, value));
		else
			snug_str_addf(c->out, "%" PRId32, (int32_t)value);
		return;
	case SNUG_ARG_VALUE:
		if (arg->name && strcmp(arg->name, "mode") == 0 && value && value <= 07777) {
			snug_str_addf(c->out, "0%" PRIo64, value);
			return;
		}
		__attribute__((fallthrough));
	case SNUG_ARG_UNKNOWN:
	case SNUG_ARG_NONE:
	case SNUG_ARG_ENUM:
	case SNUG_ARG_FLAGS:
		if (arg->is_int)
			value &= UINT32_MAX;
		snug_arg_add_value(arg, value, c->out);
		return;
	}
}

/* The last argument of open(2) and openat(2) is one only when a file may be made. */
static int n_args(const struct call *c)
{
	int n = snug_call_n_args(c->name);
	bool is_openat = strcmp(c->name, "openat") == 0;

	if ((is_openat || strcmp(c->name, "open") == 0) &&
	    !(c->args[is_openat ? 2 : 1] & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))))
		n--;
	return n;
}

void snug_call_add_values(const char *call, const uint64_t args[SNUG_N_ARGS], unsigned bits,
			  const struct snug_call_memory *memory, struct snug_str *out)
{
	const struct call c = { .name = call,
				.args = args,
				.mask = bits == 32 ? UINT32_MAX : UINT64_MAX,
				.memory = memory,
				.out = out };
	int n = n_args(&c);

	snug_str_addf(out, "%s(", call);
	if (n < 0)
		snug_str_add(out, "...");
	for (int i = 0; i < n; i++) {
		if (i)
			snug_str_add(out, ", ");
		add_arg(&c, snug_call_arg(call, (unsigned)i), (unsigned)i);
	}
	snug_str_addc(out, ')');
}
