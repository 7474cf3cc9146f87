/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http-echo TEXT: a small HTTP server, for profiles that are made for one.  Listens on a port of
 * 127.0.0.1 that it prints, has a thread answer one request with TEXT, and ends with 0.
 */
#include "program.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

static const char *text;

static void *serve(void *arg)
{
	int fd = (int)(intptr_t)arg;
	char buf[1024];
	int n;

	check(read(fd, buf, sizeof(buf)) > 0, "read");
	n = snprintf(buf, sizeof(buf), "HTTP/1.0 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
		     strlen(text), text);
	check(send(fd, buf, (size_t)n, MSG_NOSIGNAL) == n, "send");
	check(shutdown(fd, SHUT_WR) == 0, "shutdown");
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd, client, on = 1;
	pthread_t thread;
	char line[32];

	check(argc > 1, "usage");
	text = argv[1];
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(fd >= 0, "socket");
	check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0, "setsockopt");
	check(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0, "bind");
	check(listen(fd, 8) == 0, "listen");
	check(getsockname(fd, (struct sockaddr *)&address, &len) == 0, "getsockname");
	(void)snprintf(line, sizeof(line), "port %d\n", ntohs(address.sin_port));
	say(line);
	client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	check(client >= 0, "accept4");
	check(pthread_create(&thread, NULL, serve, (void *)(intptr_t)client) == 0,
	      "pthread_create");
	check(pthread_join(thread, NULL) == 0, "pthread_join");
	return 0;
}
