/* Preloaded into a process under test: notes in order everything it does to files below
 * RECORD_ROOT, and what it says on stdout, in the file RECORD_LOG. A record is one line of text
 * and, for writes, the bytes that were written and a line end. tests/disk/replay.py reads it.
 *
 *   W <path>\t<offset>\t<length>\n<bytes>   T <path>\t<size>\n   S <path>\n (fsync, folders too)
 *   F <path>\n (fsync that failed)
 *   C <path>\n (made)   R <old>\t<new>\n (renamed)   U <path>\n (removed)   A <length>\n<bytes>
 *
 * It also is a disk that fails: disk_fault(what, after, lasting, ending) lets the call of that
 * kind fail that comes after so many others, on files whose name has that ending ("" for all),
 * once or from then on. RECORD_FAULT="what after lasting ending" is the same from the beginning.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES 1024
static char *names[FILES];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static const char *root;

enum { NOTHING, SYNC, WRITE, SHORT_WRITE, READ, SHORT_READ, NO_READ, CUT };
static int fault, fault_after, fault_lasting, fault_hits;
static char fault_ending[64];

void disk_fault(int what, int after, int lasting, const char *ending) {
    pthread_mutex_lock(&mutex);
    fault = what, fault_after = after, fault_lasting = lasting, fault_hits = 0;
    snprintf(fault_ending, sizeof fault_ending, "%s", ending);
    pthread_mutex_unlock(&mutex);
}

/* How often it failed. */
int disk_hits(void) { return fault_hits; }

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("RECORD_LOG");
    root = getenv("RECORD_ROOT");
    if (path && root)
        log_fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const char *asked = getenv("RECORD_FAULT");
    if (asked) sscanf(asked, "%d %d %d %63s", &fault, &fault_after, &fault_lasting, fault_ending);
}

static void put(const void *data, size_t size) {
    const char *at = data;
    while (size) {
        long done = syscall(SYS_write, log_fd, at, size);
        if (done <= 0) abort();
        at += done;
        size -= done;
    }
}

static void line(const char *format, ...) {
    char text[3 * PATH_MAX];
    va_list values;
    va_start(values, format);
    int size = vsnprintf(text, sizeof text, format, values);
    va_end(values);
    put(text, size);
}

static int ours(const char *path) {
    return log_fd >= 0 && path && root && !strncmp(path, root, strlen(root));
}

static const char *name_of(int fd) { return fd >= 0 && fd < FILES ? names[fd] : NULL; }

/* Whether this call on fd is to fail. */
static int fails(int what, int fd) {
    const char *name = name_of(fd);
    if (fault != what || !name) return 0;
    int size = strlen(name), tail = strlen(fault_ending);
    if (size < tail || strcmp(name + size - tail, fault_ending)) return 0;
    pthread_mutex_lock(&mutex);
    int now = fault == what && fault_after-- <= 0;
    if (now) {
        fault_hits++;
        fault_after = 0;
        if (!fault_lasting) fault = NOTHING;
    }
    pthread_mutex_unlock(&mutex);
    if (now) errno = EIO;
    return now;
}

static int opened(int fd, const char *path, int made) {
    if (fd >= 0 && fd < FILES) {
        pthread_mutex_lock(&mutex);
        free(names[fd]);
        names[fd] = ours(path) ? strdup(path) : NULL;
        if (names[fd] && made) line("C %s\n", path);
        pthread_mutex_unlock(&mutex);
    }
    return fd;
}

static int open_any(const char *path, int flags, mode_t mode) {
    int made = (flags & O_CREAT) && ours(path) && access(path, F_OK) != 0;
    int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    return opened(fd, path, made);
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list values; \
        va_start(values, flags); \
        mode_t mode = va_arg(values, mode_t); \
        va_end(values); \
        return open_any(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int close(int fd) {
    if (fd == log_fd) return 0;
    if (name_of(fd)) {
        pthread_mutex_lock(&mutex);
        free(names[fd]);
        names[fd] = NULL;
        pthread_mutex_unlock(&mutex);
    }
    return syscall(SYS_close, fd);
}

static void wrote(int fd, const void *data, ssize_t size, off_t offset) {
    const char *name = name_of(fd);
    if (size <= 0 || (!name && fd != 1) || log_fd < 0) return;
    pthread_mutex_lock(&mutex);
    if (name) line("W %s\t%lld\t%lld\n", name, (long long)offset, (long long)size);
    else line("A %lld\n", (long long)size);
    put(data, size);
    put("\n", 1);
    pthread_mutex_unlock(&mutex);
}

ssize_t write(int fd, const void *data, size_t size) {
    off_t offset = name_of(fd) ? lseek(fd, 0, SEEK_CUR) : 0;
    if (fails(WRITE, fd)) return -1;
    if (fails(SHORT_WRITE, fd)) size /= 2;
    ssize_t done = syscall(SYS_write, fd, data, size);
    wrote(fd, data, done, offset);
    return done;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    if (fails(WRITE, fd)) return -1;
    if (fails(SHORT_WRITE, fd)) size /= 2;
    ssize_t done = syscall(SYS_pwrite64, fd, data, size, offset);
    wrote(fd, data, done, offset);
    return done;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    return pwrite64(fd, data, size, offset);
}

ssize_t read(int fd, void *data, size_t size) {
    if (fails(READ, fd)) return -1;
    if (fails(NO_READ, fd)) return 0;
    if (fails(SHORT_READ, fd)) size = (size + 1) / 2;
    return syscall(SYS_read, fd, data, size);
}

ssize_t pread64(int fd, void *data, size_t size, off64_t offset) {
    if (fails(READ, fd)) return -1;
    if (fails(NO_READ, fd)) return 0;
    if (fails(SHORT_READ, fd)) size = (size + 1) / 2;
    return syscall(SYS_pread64, fd, data, size, offset);
}

ssize_t pread(int fd, void *data, size_t size, off_t offset) {
    return pread64(fd, data, size, offset);
}

static int cut(int fd, off64_t size) {
    if (fails(CUT, fd)) return -1;
    int done = syscall(SYS_ftruncate, fd, size);
    if (!done && name_of(fd)) {
        pthread_mutex_lock(&mutex);
        line("T %s\t%lld\n", name_of(fd), (long long)size);
        pthread_mutex_unlock(&mutex);
    }
    return done;
}
int ftruncate(int fd, off_t size) { return cut(fd, size); }
int ftruncate64(int fd, off64_t size) { return cut(fd, size); }

/* Nothing is really waited for: what matters is that it was asked. */
static int synced(int fd) {
    int failed = fails(SYNC, fd);
    if (name_of(fd)) {
        pthread_mutex_lock(&mutex);
        line("%c %s\n", failed ? 'F' : 'S', name_of(fd));
        pthread_mutex_unlock(&mutex);
    }
    if (failed) errno = EIO;
    return -failed;
}
int fsync(int fd) { return synced(fd); }
int fdatasync(int fd) { return synced(fd); }

int unlink(const char *path) {
    int done = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (!done && ours(path)) {
        pthread_mutex_lock(&mutex);
        line("U %s\n", path);
        pthread_mutex_unlock(&mutex);
    }
    return done;
}

int rename(const char *old, const char *new) {
    int done = syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, 0);
    if (!done && ours(old)) {
        pthread_mutex_lock(&mutex);
        line("R %s\t%s\n", old, new);
        for (int fd = 0; fd < FILES; fd++)
            if (names[fd] && !strcmp(names[fd], old)) {
                free(names[fd]);
                names[fd] = strdup(new);
            }
        pthread_mutex_unlock(&mutex);
    }
    return done;
}
