/* Records, in the order they are made, the calls by which a program changes files below one
   folder, and the calls by which it makes them durable; can let the n-th of them fail.

   KAREZ_IO_ROOT   the folder
   KAREZ_IO_LOG    where records are appended; one `writev` a record, so that programs may share it
   KAREZ_IO_FAIL   n: the n-th call that writes, syncs or resizes fails
   KAREZ_IO_ERRNO  with this number
   KAREZ_IO_STAYS  set: all later ones fail as well, as on a full disk
   KAREZ_IO_COUNT  where the number of such calls is left when the program ends

   A record: op u8, id u64 (inode), offset i64, path length u16, data length u32, path, data;
   little endian. Ops: C create, M make a folder, W write, T resize, S sync, U unlink, R rename
   (data is the new path), L link (the same), D remove a folder. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST 65536
/* Held over a call and its record, so that the records stand in the order of the calls. */
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static char root[PATH_MAX];
static size_t root_length;
static int log_file = -1;
static long fail_at, fail_errno, fail_stays, calls;
/* The inode behind each descriptor of a recorded file or folder; 0 for others. */
static uint64_t files[MOST];

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  const char *place = getenv("KAREZ_IO_ROOT"), *log = getenv("KAREZ_IO_LOG");
  if (!place || !realpath(place, root)) return;
  root_length = strlen(root);
  if (log) log_file = syscall(SYS_openat, AT_FDCWD, log, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  const char *fail = getenv("KAREZ_IO_FAIL"), *number = getenv("KAREZ_IO_ERRNO");
  fail_at = fail ? atol(fail) : 0;
  fail_errno = number ? atol(number) : EIO;
  fail_stays = getenv("KAREZ_IO_STAYS") != NULL;
  /* Only this program, and not those it starts. */
  unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void end(void) {
  const char *count = getenv("KAREZ_IO_COUNT");
  if (!count) return;
  char text[32];
  int length = snprintf(text, sizeof text, "%ld\n", calls);
  int file = syscall(SYS_openat, AT_FDCWD, count, O_CREAT | O_WRONLY | O_TRUNC, 0600);
  if (file >= 0 && syscall(SYS_write, file, text, length) >= 0) close(file);
}

/* The path below the root, or null; the index SQLite shares in memory is made anew by whoever
   opens the file, and is of no account. */
static const char *below(int at, const char *path, char *whole) {
  if (!root_length || !path) return NULL;
  if (path[0] == '/') {
    snprintf(whole, PATH_MAX, "%s", path);
  } else {
    char link[64], base[PATH_MAX];
    if (at == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", at);
    ssize_t length = readlink(link, base, sizeof base - 1);
    if (length < 0) return NULL;
    base[length] = 0;
    snprintf(whole, PATH_MAX, "%.2000s/%.2000s", base, path);
  }
  if (strncmp(whole, root, root_length) || (whole[root_length] != '/' && whole[root_length])) return NULL;
  size_t length = strlen(whole);
  while (length > root_length && whole[length - 1] == '/') whole[--length] = 0;
  if (length > 4 && !strcmp(whole + length - 4, "-shm")) return NULL;
  return whole[root_length] ? whole + root_length + 1 : "";
}

static void record(char op, uint64_t id, int64_t offset, const char *path, const void *data, uint32_t length) {
  if (log_file < 0) return;
  uint8_t head[23];
  uint16_t name = strlen(path);
  head[0] = op;
  memcpy(head + 1, &id, 8);
  memcpy(head + 9, &offset, 8);
  memcpy(head + 17, &name, 2);
  memcpy(head + 19, &length, 4);
  struct iovec parts[3] = {{head, sizeof head}, {(void *)path, name}, {(void *)data, length}};
  if (syscall(SYS_writev, log_file, parts, 3) != (ssize_t)(sizeof head + name + length)) abort();
}

/* Whether this call is to fail; counts it. */
static int fails(void) {
  calls += 1;
  int is = fail_at && (calls == fail_at || (fail_stays && calls > fail_at));
  if (is) errno = fail_errno;
  return is;
}

static uint64_t tracked(int file) { return file >= 0 && file < MOST ? files[file] : 0; }
static uint64_t inode(int file) {
  struct stat status;
  return fstat(file, &status) ? 0 : status.st_ino;
}

static int opened(int file, int at, const char *path, int flags, int was) {
  char whole[PATH_MAX];
  if (file < 0 || file >= MOST) return file;
  files[file] = 0;
  const char *name = below(at, path, whole);
  if (!name) return file;
  uint64_t id = inode(file);
  pthread_mutex_lock(&lock);
  files[file] = id;
  if (!was && (flags & O_CREAT)) record('C', id, 0, name, NULL, 0);
  else if (flags & O_TRUNC) record('T', id, 0, "", NULL, 0);
  pthread_mutex_unlock(&lock);
  return file;
}

static int was_there(int at, const char *path) {
  struct stat status;
  return !fstatat(at, path, &status, AT_SYMLINK_NOFOLLOW);
}

#define OPEN_MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) {
  OPEN_MODE(flags)
  int was = was_there(AT_FDCWD, path);
  return opened(syscall(SYS_openat, AT_FDCWD, path, flags, mode), AT_FDCWD, path, flags, was);
}
int open64(const char *path, int flags, ...) {
  OPEN_MODE(flags)
  int was = was_there(AT_FDCWD, path);
  return opened(syscall(SYS_openat, AT_FDCWD, path, flags, mode), AT_FDCWD, path, flags, was);
}
int openat(int at, const char *path, int flags, ...) {
  OPEN_MODE(flags)
  int was = was_there(at, path);
  return opened(syscall(SYS_openat, at, path, flags, mode), at, path, flags, was);
}
int openat64(int at, const char *path, int flags, ...) {
  OPEN_MODE(flags)
  int was = was_there(at, path);
  return opened(syscall(SYS_openat, at, path, flags, mode), at, path, flags, was);
}
int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int mkstemps(char *path, int suffix) {
  int file = REAL(mkstemps)(path, suffix);
  return opened(file, AT_FDCWD, path, O_CREAT, 0);
}
int mkstemp(char *path) {
  int file = REAL(mkstemp)(path);
  return opened(file, AT_FDCWD, path, O_CREAT, 0);
}
int close(int file) {
  if (file >= 0 && file < MOST) files[file] = 0;
  return syscall(SYS_close, file);
}
int dup(int file) {
  int other = syscall(SYS_dup, file);
  if (other >= 0 && other < MOST) files[other] = tracked(file);
  return other;
}

/* Runs one call on a recorded file under the lock, and keeps its error number. */
#define GUARDED(type, body) \
  pthread_mutex_lock(&lock); \
  type result = -1; \
  if (!fails()) { body } \
  int number = errno; \
  pthread_mutex_unlock(&lock); \
  errno = number; \
  return result;

ssize_t write(int file, const void *bytes, size_t count) {
  if (!tracked(file)) return syscall(SYS_write, file, bytes, count);
  GUARDED(ssize_t, {
    int flags = fcntl(file, F_GETFL);
    off_t offset = lseek(file, 0, flags & O_APPEND ? SEEK_END : SEEK_CUR);
    result = syscall(SYS_write, file, bytes, count);
    if (result > 0) record('W', files[file], offset, "", bytes, result);
  })
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
  if (!tracked(file)) return syscall(SYS_pwrite64, file, bytes, count, offset);
  GUARDED(ssize_t, {
    result = syscall(SYS_pwrite64, file, bytes, count, offset);
    if (result > 0) record('W', files[file], offset, "", bytes, result);
  })
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  return pwrite(file, bytes, count, offset);
}
ssize_t writev(int file, const struct iovec *parts, int count) {
  if (!tracked(file)) return syscall(SYS_writev, file, parts, count);
  ssize_t all = 0;
  for (int part = 0; part < count; part++) {
    ssize_t one = write(file, parts[part].iov_base, parts[part].iov_len);
    if (one < 0) return all ? all : -1;
    all += one;
    if ((size_t)one < parts[part].iov_len) break;
  }
  return all;
}
/* Copies within the kernel are refused, so that programs fall back on what is seen. */
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t count, unsigned flags) {
  if (tracked(out)) { errno = EXDEV; return -1; }
  return syscall(SYS_copy_file_range, in, from, out, to, count, flags);
}
static ssize_t sent(int out, int in, off_t *from, size_t count) {
  if (!tracked(out)) return syscall(SYS_sendfile, out, in, from, count);
  char block[65536];
  if (count > sizeof block) count = sizeof block;
  ssize_t got = from ? pread(in, block, count, *from) : read(in, block, count);
  if (got <= 0) return got;
  ssize_t one = write(out, block, got);
  if (one > 0 && from) *from += one;
  return one;
}
ssize_t sendfile(int out, int in, off_t *from, size_t count) { return sent(out, in, from, count); }
ssize_t sendfile64(int out, int in, off64_t *from, size_t count) { return sent(out, in, from, count); }

int ftruncate(int file, off_t size) {
  if (!tracked(file)) return syscall(SYS_ftruncate, file, size);
  GUARDED(int, {
    result = syscall(SYS_ftruncate, file, size);
    if (!result) record('T', files[file], size, "", NULL, 0);
  })
}
int ftruncate64(int file, off64_t size) { return ftruncate(file, size); }
static int reserved(int file, off_t offset, off_t length) {
  GUARDED(int, {
    struct stat status;
    result = syscall(SYS_fallocate, file, 0, offset, length);
    if (!result && !fstat(file, &status)) record('T', files[file], status.st_size, "", NULL, 0);
  })
}
int posix_fallocate(int file, off_t offset, off_t length) {
  if (!tracked(file)) return syscall(SYS_fallocate, file, 0, offset, length) ? errno : 0;
  return reserved(file, offset, length) ? errno : 0;
}
int posix_fallocate64(int file, off64_t offset, off64_t length) {
  return posix_fallocate(file, offset, length);
}
static int synced(int file, int call) {
  if (!tracked(file)) return syscall(call, file);
  GUARDED(int, {
    result = syscall(call, file);
    if (!result) record('S', files[file], 0, "", NULL, 0);
  })
}
int fsync(int file) { return synced(file, SYS_fsync); }
int fdatasync(int file) { return synced(file, SYS_fdatasync); }

static int made(int at, const char *path, int result) {
  char whole[PATH_MAX];
  struct stat status;
  const char *name = result ? NULL : below(at, path, whole);
  if (name && !fstatat(at, path, &status, 0)) record('M', status.st_ino, 0, name, NULL, 0);
  return result;
}
int mkdir(const char *path, mode_t mode) { return made(AT_FDCWD, path, syscall(SYS_mkdir, path, mode)); }
char *mkdtemp(char *path) {
  char *folder = REAL(mkdtemp)(path);
  if (folder) made(AT_FDCWD, folder, 0);
  return folder;
}
int mkdirat(int at, const char *path, mode_t mode) { return made(at, path, syscall(SYS_mkdirat, at, path, mode)); }

static int gone(char op, int at, const char *path, int result) {
  char whole[PATH_MAX];
  const char *name = result ? NULL : below(at, path, whole);
  if (name) record(op, 0, 0, name, NULL, 0);
  return result;
}
int unlink(const char *path) { return gone('U', AT_FDCWD, path, syscall(SYS_unlink, path)); }
int rmdir(const char *path) { return gone('D', AT_FDCWD, path, syscall(SYS_rmdir, path)); }
int unlinkat(int at, const char *path, int flags) {
  return gone(flags & AT_REMOVEDIR ? 'D' : 'U', at, path, syscall(SYS_unlinkat, at, path, flags));
}
int remove(const char *path) {
  struct stat status;
  if (lstat(path, &status)) return -1;
  return S_ISDIR(status.st_mode) ? rmdir(path) : unlink(path);
}

static int moved(char op, int from_at, const char *from, int to_at, const char *to, int result) {
  char first[PATH_MAX], second[PATH_MAX];
  const char *old = result ? NULL : below(from_at, from, first);
  const char *name = result ? NULL : below(to_at, to, second);
  if (old && name) record(op, 0, 0, old, name, strlen(name));
  else if (old && op == 'R') record('U', 0, 0, old, NULL, 0);
  else if (name) abort(); /* brought in from outside: its content was not seen */
  return result;
}
int rename(const char *from, const char *to) {
  return moved('R', AT_FDCWD, from, AT_FDCWD, to, syscall(SYS_rename, from, to));
}
int renameat(int from_at, const char *from, int to_at, const char *to) {
  return moved('R', from_at, from, to_at, to, syscall(SYS_renameat2, from_at, from, to_at, to, 0));
}
int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  return moved('R', from_at, from, to_at, to, syscall(SYS_renameat2, from_at, from, to_at, to, flags));
}
int link(const char *from, const char *to) {
  return moved('L', AT_FDCWD, from, AT_FDCWD, to, syscall(SYS_link, from, to));
}
