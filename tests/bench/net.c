// SPDX-License-Identifier: GPL-2.0-only
/*
 * net MODE SIZE BATCH LOOPS SAMPLES: traffic between the network namespaces a (10.9.0.1) and b
 * (10.9.0.2), both ends in one process, so that on one CPU nothing depends on when it is scheduled.
 *
 * MODE is udp (BATCH datagrams of SIZE bytes are sent, then received; cost of one), rr (SIZE bytes
 * there and back over TCP), rr2 (the same with a process at each end: a on CPU 0, b on CPU 1) or
 * stream (a TCP stream; cost of SIZE bytes). Prints "ready", waits for a line, prints the samples and
 * waits for another line: the caller can watch exactly the traffic.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "loops.h"

#define PORT 5500
#define CHUNK 65536

struct pair {
	int a;
	int b;
	size_t size;
	long batch;
	size_t sent;
	size_t got;
	char data[CHUNK];
};

static void enter_namespace(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		cannot_errno(path);
	close(fd);
}

static int make_socket(const char *namespace, int type)
{
	struct timeval limit = { .tv_sec = 2 };
	int fd;

	enter_namespace(namespace);
	fd = socket(AF_INET, type, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		cannot_errno("socket");
	return fd;
}

static struct sockaddr_in address(const char *host)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	inet_pton(AF_INET, host, &address.sin_addr);
	return address;
}

static void bind_to(int fd, const char *host)
{
	struct sockaddr_in local = address(host);
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)))
		cannot_errno("bind");
}

static void connect_to(int fd, const char *host)
{
	struct sockaddr_in remote = address(host);

	if (connect(fd, (struct sockaddr *)&remote, sizeof(remote)))
		cannot_errno("connect");
}

static void open_udp(struct pair *pair)
{
	pair->b = make_socket("b", SOCK_DGRAM);
	bind_to(pair->b, "10.9.0.2");
	pair->a = make_socket("a", SOCK_DGRAM);
	connect_to(pair->a, "10.9.0.2");
}

static void open_tcp(struct pair *pair)
{
	int listener = make_socket("b", SOCK_STREAM);
	int one = 1;

	bind_to(listener, "10.9.0.2");
	if (listen(listener, 1))
		cannot_errno("listen");
	pair->a = make_socket("a", SOCK_STREAM);
	connect_to(pair->a, "10.9.0.2");
	pair->b = accept(listener, NULL, NULL);
	if (pair->b < 0)
		cannot_errno("accept");
	close(listener);
	setsockopt(pair->a, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(pair->b, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static void send_all(int fd, struct pair *pair)
{
	if (send(fd, pair->data, pair->size, 0) != (ssize_t)pair->size)
		cannot_errno("send");
}

static void receive_all(int fd, struct pair *pair)
{
	if (recv(fd, pair->data, pair->size, MSG_WAITALL) != (ssize_t)pair->size)
		cannot_errno("recv (a packet is lost?)");
}

static void udp(void *arg)
{
	struct pair *pair = arg;

	for (long i = 0; i < pair->batch; i++)
		send_all(pair->a, pair);
	for (long i = 0; i < pair->batch; i++)
		receive_all(pair->b, pair);
}

static void request_response(void *arg)
{
	struct pair *pair = arg;

	send_all(pair->a, pair);
	receive_all(pair->b, pair);
	send_all(pair->b, pair);
	receive_all(pair->a, pair);
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		cannot_errno("sched_setaffinity");
}

/* The other end of rr2, until the connection ends. */
static void echo(struct pair *pair)
{
	close(pair->a);
	run_on(1);
	while (recv(pair->b, pair->data, pair->size, MSG_WAITALL) == (ssize_t)pair->size)
		send_all(pair->b, pair);
	exit(0);
}

static void fork_echo(struct pair *pair)
{
	pid_t pid = fork();

	if (pid < 0)
		cannot_errno("fork");
	if (!pid)
		echo(pair);
	close(pair->b);
	run_on(0);
}

static void ask(void *arg)
{
	struct pair *pair = arg;

	send_all(pair->a, pair);
	receive_all(pair->a, pair);
}

/* The number of bytes moved; 0 when it would block. */
static size_t moved(ssize_t result, const char *what)
{
	if (result >= 0)
		return result;
	if (errno != EAGAIN)
		cannot_errno(what);
	return 0;
}

/* Until BATCH times SIZE more bytes arrived: sends what the socket takes, reads what is there. */
static void flow(void *arg)
{
	struct pair *pair = arg;
	struct pollfd fds[2] = {
		{ .fd = pair->a, .events = POLLOUT }, { .fd = pair->b, .events = POLLIN },
	};
	size_t goal = pair->got + pair->size * pair->batch;

	while (pair->got < goal) {
		size_t sent = moved(send(pair->a, pair->data, CHUNK, MSG_DONTWAIT), "send");
		size_t got = moved(recv(pair->b, pair->data, CHUNK, MSG_DONTWAIT), "recv");

		pair->sent += sent;
		pair->got += got;
		if (!sent && !got && poll(fds, 2, 2000) <= 0)
			cannot("no data moves any more");
	}
}

static void wait_for_line(void)
{
	char line[16];

	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		exit(0);
}

static void traffic(const struct plan *plan, void (*loop)(void *arg), struct pair *pair)
{
	/* Once before "ready": neighbours are resolved, the stream's window is open. */
	loop(pair);
	puts("ready");
	wait_for_line();
	measure(plan, loop, pair, pair->batch);
	wait_for_line();
}

int main(int argc, char **argv)
{
	static struct pair pair;
	struct plan plan;

	if (argc != 6)
		cannot("usage: net MODE SIZE BATCH LOOPS SAMPLES");
	pair.size = atol(argv[2]);
	pair.batch = atol(argv[3]);
	plan = (struct plan){ .loops = atol(argv[4]), .samples = atol(argv[5]) };
	if (!strcmp(argv[1], "udp")) {
		open_udp(&pair);
		traffic(&plan, udp, &pair);
	} else if (!strcmp(argv[1], "rr")) {
		open_tcp(&pair);
		traffic(&plan, request_response, &pair);
	} else if (!strcmp(argv[1], "rr2")) {
		open_tcp(&pair);
		fork_echo(&pair);
		traffic(&plan, ask, &pair);
	} else if (!strcmp(argv[1], "stream")) {
		open_tcp(&pair);
		traffic(&plan, flow, &pair);
	} else {
		cannot("unknown mode %s", argv[1]);
	}
	return 0;
}
