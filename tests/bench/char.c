// SPDX-License-Identifier: GPL-2.0-only
/*
 * char MODE SUBJECT SIZE LOOPS SAMPLES: what it costs to pass bytes through a character channel.
 *
 * SUBJECT is pipe, fifo, pty or the path of a device whose readers get what its writers wrote.
 * MODE is roundtrip (write SIZE bytes, read them), empty (a non-blocking read that finds nothing),
 * wakeup (a process that sleeps in poll() gets a byte), uring (a write and a read linked in one
 * submission) or splice (SIZE bytes from a pipe into the subject and from there into another pipe).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "loops.h"

#define MAX_SIZE 65536
#define FIFO_PATH "/tmp/bench.fifo"

/* What is written to in can be read from out. Writing never blocks, reading does. */
struct channel {
	int in;
	int out;
	size_t size;
	char data[MAX_SIZE];
};

static void add_flags(int fd, int flags)
{
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | flags))
		cannot_errno("fcntl");
}

static void remove_flags(int fd, int flags)
{
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~flags))
		cannot_errno("fcntl");
}

static int open_or_give_up(const char *path, int flags)
{
	int fd = open(path, flags | O_NOCTTY);

	if (fd < 0)
		cannot_errno(path);
	return fd;
}

static void open_pipe(struct channel *channel)
{
	int fds[2];

	if (pipe(fds))
		cannot_errno("pipe");
	channel->out = fds[0];
	channel->in = fds[1];
	add_flags(channel->in, O_NONBLOCK);
}

static void open_path(struct channel *channel, const char *path)
{
	channel->out = open_or_give_up(path, O_RDONLY | O_NONBLOCK);
	channel->in = open_or_give_up(path, O_WRONLY | O_NONBLOCK);
	remove_flags(channel->out, O_NONBLOCK);
}

static void open_fifo(struct channel *channel)
{
	unlink(FIFO_PATH);
	if (mkfifo(FIFO_PATH, 0600))
		cannot_errno("mkfifo");
	open_path(channel, FIFO_PATH);
	unlink(FIFO_PATH);
}

/* From the master to the slave, as a simulated receiver would feed a program. */
static void open_pty(struct channel *channel)
{
	struct termios termios;

	channel->in = posix_openpt(O_RDWR | O_NOCTTY);
	if (channel->in < 0 || grantpt(channel->in) || unlockpt(channel->in))
		cannot_errno("posix_openpt");
	channel->out = open_or_give_up(ptsname(channel->in), O_RDWR);
	if (tcgetattr(channel->out, &termios))
		cannot_errno("tcgetattr");
	cfmakeraw(&termios);
	if (tcsetattr(channel->out, TCSANOW, &termios))
		cannot_errno("tcsetattr");
	add_flags(channel->in, O_NONBLOCK);
}

static void open_subject(struct channel *channel, const char *subject)
{
	if (!strcmp(subject, "pipe"))
		open_pipe(channel);
	else if (!strcmp(subject, "fifo"))
		open_fifo(channel);
	else if (!strcmp(subject, "pty"))
		open_pty(channel);
	else
		open_path(channel, subject);
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

static void roundtrip(void *arg)
{
	struct channel *channel = arg;
	size_t sent = 0, got = 0;

	while (got < channel->size) {
		if (sent < channel->size)
			sent += moved(write(channel->in, channel->data + sent,
					    channel->size - sent), "write");
		if (sent > got)
			got += moved(read(channel->out, channel->data + got,
					  channel->size - got), "read");
	}
}

static void read_nothing(void *arg)
{
	struct channel *channel = arg;

	if (read(channel->out, channel->data, channel->size) != -1 || errno != EAGAIN)
		cannot("a read that finds nothing does not answer EAGAIN");
}

static void measure_empty(const struct plan *plan, struct channel *channel)
{
	add_flags(channel->out, O_NONBLOCK);
	measure(plan, read_nothing, channel, 1);
}

/* wakeup: the answer of the sleeper comes through a pipe, the same for every subject. */

struct sleeper {
	struct channel *channel;
	int answer;
};

static void sleep_and_answer(struct channel *channel, int answer)
{
	struct pollfd pollfd = { .fd = channel->out, .events = POLLIN };
	char byte;

	for (;;) {
		if (poll(&pollfd, 1, -1) != 1 || read(channel->out, &byte, 1) != 1 ||
		    write(answer, &byte, 1) != 1)
			_exit(1);
	}
}

static void wake(void *arg)
{
	struct sleeper *sleeper = arg;
	char byte = 'x';

	if (write(sleeper->channel->in, &byte, 1) != 1 || read(sleeper->answer, &byte, 1) != 1)
		cannot_errno("the sleeper does not answer");
}

static void measure_wakeup(const struct plan *plan, struct channel *channel)
{
	struct sleeper sleeper = { .channel = channel };
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		cannot_errno("pipe");
	pid = fork();
	if (pid < 0)
		cannot_errno("fork");
	if (!pid)
		sleep_and_answer(channel, fds[1]);
	close(fds[1]);
	sleeper.answer = fds[0];
	measure(plan, wake, &sleeper, 1);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* uring: the raw interface, so that no library's path is measured. */

struct ring {
	int fd;
	unsigned int *tail;
	unsigned int *head;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	unsigned int *cq_head;
	unsigned int mask;
	struct channel *channel;
};

static void open_ring(struct ring *ring)
{
	struct io_uring_params params = { 0 };
	char *map;

	ring->fd = syscall(SYS_io_uring_setup, 4, &params);
	if (ring->fd < 0)
		cannot_errno("io_uring_setup");
	if (!(params.features & IORING_FEAT_SINGLE_MMAP))
		cannot("io_uring is too old");
	map = mmap(NULL, params.cq_off.cqes + params.cq_entries * sizeof(*ring->cqes),
		   PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQ_RING);
	ring->sqes = mmap(NULL, params.sq_entries * sizeof(*ring->sqes), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
	if (map == MAP_FAILED || ring->sqes == MAP_FAILED)
		cannot_errno("mmap");
	ring->tail = (unsigned int *)(map + params.sq_off.tail);
	ring->cq_head = (unsigned int *)(map + params.cq_off.head);
	ring->cqes = (struct io_uring_cqe *)(map + params.cq_off.cqes);
	ring->mask = params.cq_entries - 1;
	for (unsigned int i = 0; i < params.sq_entries; i++)
		((unsigned int *)(map + params.sq_off.array))[i] = i;
}

static void prepare(struct io_uring_sqe *sqe, int opcode, int fd, struct channel *channel)
{
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = opcode;
	sqe->fd = fd;
	sqe->addr = (uintptr_t)channel->data;
	sqe->len = channel->size;
	sqe->off = -1;
}

static void linked_roundtrip(void *arg)
{
	struct ring *ring = arg;
	struct channel *channel = ring->channel;
	unsigned int slot = *ring->tail & 3;

	prepare(&ring->sqes[slot], IORING_OP_WRITE, channel->in, channel);
	ring->sqes[slot].flags = IOSQE_IO_LINK;
	prepare(&ring->sqes[(slot + 1) & 3], IORING_OP_READ, channel->out, channel);
	__atomic_store_n(ring->tail, *ring->tail + 2, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, 2, 2, IORING_ENTER_GETEVENTS, NULL, 0) != 2)
		cannot_errno("io_uring_enter");
	for (int i = 0; i < 2; i++) {
		struct io_uring_cqe *cqe = &ring->cqes[*ring->cq_head & ring->mask];

		if (cqe->res != (int)channel->size)
			cannot("io_uring answers %d", cqe->res);
		__atomic_store_n(ring->cq_head, *ring->cq_head + 1, __ATOMIC_RELEASE);
	}
}

static void measure_uring(const struct plan *plan, struct channel *channel)
{
	struct ring ring = { .channel = channel };

	open_ring(&ring);
	measure(plan, linked_roundtrip, &ring, 1);
}

/* splice */

struct splicer {
	struct channel *channel;
	int before[2];
	int after[2];
};

static size_t splice_some(int from, int to, size_t size)
{
	ssize_t result = splice(from, NULL, to, NULL, size, SPLICE_F_NONBLOCK);

	if (result < 0 && errno == EINVAL)
		cannot("splice is not offered");
	return moved(result, "splice");
}

static void splice_through(void *arg)
{
	struct splicer *splicer = arg;
	struct channel *channel = splicer->channel;
	size_t sent = 0, got = 0;

	if (write(splicer->before[1], channel->data, channel->size) != (ssize_t)channel->size)
		cannot_errno("write to a pipe");
	while (got < channel->size) {
		if (sent < channel->size)
			sent += splice_some(splicer->before[0], channel->in, channel->size - sent);
		if (sent > got)
			got += splice_some(channel->out, splicer->after[1], channel->size - got);
	}
	if (read(splicer->after[0], channel->data, channel->size) != (ssize_t)channel->size)
		cannot_errno("read from a pipe");
}

static void measure_splice(const struct plan *plan, struct channel *channel)
{
	struct splicer splicer = { .channel = channel };

	if (pipe(splicer.before) || pipe(splicer.after))
		cannot_errno("pipe");
	measure(plan, splice_through, &splicer, 1);
}

int main(int argc, char **argv)
{
	static struct channel channel;
	struct plan plan;

	if (argc != 6)
		cannot("usage: char MODE SUBJECT SIZE LOOPS SAMPLES");
	channel.size = atol(argv[3]);
	plan = (struct plan){ .loops = atol(argv[4]), .samples = atol(argv[5]) };
	open_subject(&channel, argv[2]);
	if (!strcmp(argv[1], "roundtrip"))
		measure(&plan, roundtrip, &channel, 1);
	else if (!strcmp(argv[1], "empty"))
		measure_empty(&plan, &channel);
	else if (!strcmp(argv[1], "wakeup"))
		measure_wakeup(&plan, &channel);
	else if (!strcmp(argv[1], "uring"))
		measure_uring(&plan, &channel);
	else if (!strcmp(argv[1], "splice"))
		measure_splice(&plan, &channel);
	else
		cannot("unknown mode %s", argv[1]);
	return 0;
}
