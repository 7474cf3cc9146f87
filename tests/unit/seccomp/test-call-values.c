/* SPDX-License-Identifier: Apache-2.0 */
#include "seccomp/call-values.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

/* Memory that begins at 0x1000. */
struct memory {
	char bytes[512];
	size_t len;
};

static long read_at(void *data, uint64_t address, void *buf, size_t size)
{
	const struct memory *m = data;
	size_t at = (size_t)address - 0x1000;

	if (address < 0x1000 || at >= m->len)
		return -14;
	if (size > m->len - at)
		size = m->len - at;
	memcpy(buf, m->bytes + at, size);
	return (long)size;
}

static void is(const char *call, const uint64_t args[6], unsigned bits, struct memory *m,
	       const char *expected)
{
	CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
	const struct snug_call_memory memory = { read_at, m };

	snug_call_add_values(call, args, bits, m ? &memory : NULL, &out);
	assert_string_equal(snug_str_text(&out), expected);
}

#define ARGS(...) ((const uint64_t[6]){ __VA_ARGS__ })

static struct memory string(const char *text, size_t len)
{
	struct memory m = { .len = len };

	memcpy(m.bytes, text, len);
	return m;
}

static void values(void **state)
{
	(void)state;
	is("uname", ARGS(0x1000), 64, NULL, "uname(...)");
	is("uname", ARGS(0), 64, NULL, "uname(NULL)");
	is("getpid", ARGS(7, 7, 7), 64, NULL, "getpid()");
	is("no_such_call", ARGS(1), 64, NULL, "no_such_call(...)");
	is("socket", ARGS(2, 0x80001, 0), 64, NULL,
	   "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP)");
	is("close", ARGS(UINT64_MAX), 64, NULL, "close(-1)");
	is("dup2", ARGS(0xffffffff00000003, 4), 64, NULL, "dup2(3, 4)");
	/* what an ABI does not pass does not count */
	is("kill", ARGS(0xffffffff00000001, 0x700000009), 32, NULL, "kill(1, SIGKILL)");
}

static void strings(void **state)
{
	struct memory m = string("/etc/passwd", 12), open_end = string("/etc", 4);
	struct memory hostile = string("a\033[2J\"\n\\\377\0", 11), empty = string("", 1), large;

	(void)state;
	is("openat", ARGS(0xffffff9c, 0x1000, 0x80000, 0777), 64, &m,
	   "openat(AT_FDCWD, \"/etc/passwd\", O_RDONLY|O_CLOEXEC)");
	is("openat", ARGS(UINT64_C(-100), 0x1000, 0x41, 0644), 64, &m,
	   "openat(AT_FDCWD, \"/etc/passwd\", O_WRONLY|O_CREAT, 0644)");
	is("open", ARGS(0x1000, 0), 64, &m, "open(\"/etc/passwd\", O_RDONLY)");
	is("chdir", ARGS(0x1000), 64, NULL, "chdir(...)");
	is("chdir", ARGS(0x9000), 64, &m, "chdir(...)");
	is("chdir", ARGS(0), 64, &m, "chdir(NULL)");
	is("chdir", ARGS(0x1000), 64, &empty, "chdir(\"\")");
	is("chdir", ARGS(0x1000), 64, &open_end, "chdir(\"/etc\"...)");
	is("chdir", ARGS(0xff00000000001000), 32, &m, "chdir(\"/etc/passwd\")");
	is("chdir", ARGS(0x1000), 64, &hostile, "chdir(\"a\\x1b[2J\"\\x0a\\x5c\\xff\")");
	large.len = sizeof(large.bytes);
	memset(large.bytes, 'x', large.len);
	{
		CLEANUP(snug_str_done) struct snug_str out = SNUG_STR_INIT;
		const struct snug_call_memory memory = { read_at, &large };

		snug_call_add_values("chdir", ARGS(0x1000), 64, &memory, &out);
		assert_true(out.len < 150);
		assert_non_null(strstr(snug_str_text(&out), "xxx..."));
	}
}

static void addresses(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(443) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(80) };
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "/run/x" };
	struct memory m;

	(void)state;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in6.sin6_addr = in6addr_loopback;
	m = string((const char *)&in, sizeof(in));
	is("connect", ARGS(3, 0x1000, 16), 64, &m, "connect(3, {AF_INET 127.0.0.1:443}, 16)");
	is("sendto", ARGS(3, 0x1000, 5, 0, 0x1000, 16), 64, &m,
	   "sendto(3, ..., 5, 0, {AF_INET 127.0.0.1:443}, 16)");
	is("connect", ARGS(3, 0x1000, 2), 64, &m, "connect(3, {AF_INET}, 2)");
	is("connect", ARGS(3, 0x1000, 1), 64, &m, "connect(3, ..., 1)");
	is("connect", ARGS(3, 0, 16), 64, &m, "connect(3, NULL, 16)");
	is("connect", ARGS(3, 0x1000, UINT32_MAX), 64, &m,
	   "connect(3, {AF_INET 127.0.0.1:443}, 0xffffffff)");
	m = string((const char *)&in6, sizeof(in6));
	is("bind", ARGS(3, 0x1000, 28), 64, &m, "bind(3, {AF_INET6 [::1]:80}, 28)");
	m = string((const char *)&un, sizeof(un));
	is("connect", ARGS(3, 0x1000, 110), 64, &m, "connect(3, {AF_UNIX /run/x}, 110)");
	is("connect", ARGS(3, 0x1000, 4), 64, &m, "connect(3, {AF_UNIX /r}, 4)");
	is("connect", ARGS(3, 0x1000, 2), 64, &m, "connect(3, {AF_UNIX}, 2)");
	memcpy(un.sun_path, "\0hid\0\033", 6);
	m = string((const char *)&un, sizeof(un));
	is("bind", ARGS(3, 0x1000, 8), 64, &m, "bind(3, {AF_UNIX @hid\\x00\\x1b}, 8)");
	is("bind", ARGS(3, 0x1000, 3), 64, &m, "bind(3, {AF_UNIX @}, 3)");
	memcpy(m.bytes, "\xff\xff", 2);
	is("bind", ARGS(3, 0x1000, 8), 64, &m, "bind(3, {65535}, 8)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(strings),
		cmocka_unit_test(addresses),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
