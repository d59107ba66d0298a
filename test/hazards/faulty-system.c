/*
 * What a disk and a clock do when they go wrong, put under a real server by LD_PRELOAD. Only calls on files of the log
 * (`*.segment`) and of parts that the engine makes (`tmp_insert_…`, `tmp_merge_…`) are touched. The test steers it while the server runs by writing numbers into a small shared file, laid
 * out as `struct control` (faulty-system.ts has the same order), and reads what happened from a trace, one letter a line:
 *   w  bytes were written to the log      b  a sync of the log begins      s  it returned      f  it was made to fail
 *   a  an answer 202 goes into a socket
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct control {
  int64_t clock_offset_ms;
  int64_t sync_fails;      /* fdatasync of the log gives EIO */
  int64_t sync_kills;      /* SIGKILL of the process once a sync of the log has returned */
  int64_t sync_delay_us;
  int64_t write_fails;     /* a write to the log gives EIO */
  int64_t part_fails;      /* a write to a part gives ENOSPC */
};

static volatile struct control *control;
static int trace = -1;
/** LD_PRELOAD and HAZARD_CONTROL as this process was given them. */
static char inherited[2][4096];

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("HAZARD_CONTROL");
  if (path == NULL) return;
  int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *memory = mmap(NULL, sizeof(struct control), PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (memory != MAP_FAILED) control = memory;
  strncpy(inherited[0], getenv("LD_PRELOAD") ? getenv("LD_PRELOAD") : "", sizeof inherited[0] - 1);
  strncpy(inherited[1], path, sizeof inherited[1] - 1);
  const char *trace_path = getenv("HAZARD_TRACE");
  if (trace_path != NULL) trace = open(trace_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static ssize_t path_of(int fd, char *path, size_t size) {
  char link[64] = "/proc/self/fd/", digits[16];
  int n = 0;
  unsigned rest = (unsigned)fd;
  do digits[n++] = (char)('0' + rest % 10); while ((rest /= 10) > 0);
  char *end = link + strlen(link);
  while (n > 0) *end++ = digits[--n];
  *end = 0;
  return readlink(link, path, size);
}

static int is_log(int fd) {
  char path[4096];
  ssize_t length = path_of(fd, path, sizeof path);
  return length > 8 && memcmp(path + length - 8, ".segment", 8) == 0;
}

static int is_part(int fd) {
  char path[4097];
  ssize_t length = path_of(fd, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, "/tmp_insert_") != NULL || strstr(path, "/tmp_merge_") != NULL;
}

static void tell(char what) {
  char line[2] = {what, '\n'};
  if (trace >= 0) syscall(SYS_write, trace, line, 2);
}

int fdatasync(int fd) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  if (control == NULL || !is_log(fd)) return real(fd);
  tell('b');
  if (control->sync_delay_us > 0) usleep((useconds_t)control->sync_delay_us);
  if (control->sync_fails) {
    tell('f');
    errno = EIO;
    return -1;
  }
  int result = real(fd);
  if (result == 0) tell('s');
  if (control->sync_kills) kill(getpid(), SIGKILL);
  return result;
}

static int write_must_fail(int fd) {
  if (control == NULL || !is_log(fd)) return 0;
  if (control->write_fails) return 1;
  tell('w');
  return 0;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (real == NULL) real = (ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64");
  if (write_must_fail(fd)) { errno = EIO; return -1; }
  return real(fd, bytes, count, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  return pwrite64(fd, bytes, count, at);
}

/** A group with large records is written in pieces. */
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  static ssize_t (*real)(int, const struct iovec *, int, off64_t);
  if (real == NULL) real = (ssize_t (*)(int, const struct iovec *, int, off64_t))dlsym(RTLD_NEXT, "pwritev64");
  if (write_must_fail(fd)) { errno = EIO; return -1; }
  return real(fd, parts, count, at);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  return pwritev64(fd, parts, count, at);
}

static void look(const void *bytes, size_t count) {
  if (trace >= 0 && count > 12 && memcmp(bytes, "HTTP/1.1 202", 12) == 0) tell('a');
}

ssize_t write(int fd, const void *bytes, size_t count) {
  static ssize_t (*real)(int, const void *, size_t);
  if (real == NULL) real = (ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  look(bytes, count);
  if (control != NULL && control->part_fails && is_part(fd)) { errno = ENOSPC; return -1; }
  return real(fd, bytes, count);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  static ssize_t (*real)(int, const struct iovec *, int);
  if (real == NULL) real = (ssize_t (*)(int, const struct iovec *, int))dlsym(RTLD_NEXT, "writev");
  if (count > 0) look(parts[0].iov_base, parts[0].iov_len);
  return real(fd, parts, count);
}

/** The server starts its engine with an environment of its own; what stands here is to be under both. */
int execvp(const char *file, char *const words[]) {
  static int (*real)(const char *, char *const[]);
  if (real == NULL) real = (int (*)(const char *, char *const[]))dlsym(RTLD_NEXT, "execvp");
  if (control != NULL && getenv("LD_PRELOAD") == NULL) {
    setenv("LD_PRELOAD", inherited[0], 1);
    setenv("HAZARD_CONTROL", inherited[1], 1);
  }
  return real(file, words);
}

static int64_t offset_ms(void) { return control == NULL ? 0 : control->clock_offset_ms; }

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  static int (*real)(struct timeval *, void *);
  if (real == NULL) real = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
  int result = real(now, zone);
  now->tv_sec += (time_t)(offset_ms() / 1000);
  return result;
}

int clock_gettime(clockid_t which, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(which, now);
  if (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE) now->tv_sec += (time_t)(offset_ms() / 1000);
  return result;
}
