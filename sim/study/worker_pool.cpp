// SPDX-License-Identifier: Apache-2.0
#include "study/worker_pool.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace systole {
namespace {

volatile std::sig_atomic_t interrupted = 0;

extern "C" void note_interrupt(int) { interrupted = 1; }

// While it lives, SIGINT and SIGTERM are held back and arrive only inside wait_for().
class Interrupts {
 public:
  Interrupts() {
    interrupted = 0;
    take(SIGINT, old_interrupt_);
    take(SIGTERM, old_terminate_);
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    sigprocmask(SIG_BLOCK, &held, &old_mask_);
  }
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts() {
    sigaction(SIGINT, &old_interrupt_, nullptr);
    sigaction(SIGTERM, &old_terminate_, nullptr);
    sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
  }

  // Until a socket has something; false if a signal came first.
  [[nodiscard]] bool wait_for(std::vector<pollfd>& sockets) const {
    sigset_t open = old_mask_;
    sigdelset(&open, SIGINT);
    sigdelset(&open, SIGTERM);
    const int ready = ppoll(sockets.data(), sockets.size(), nullptr, &open);
    check(ready >= 0 || errno == EINTR, "waiting for workers: {}", std::strerror(errno));
    return interrupted == 0;
  }

  // In a worker: the terminal sends Ctrl-C to every process of the group, but only the pool
  // decides.
  void leave_to_pool() const {
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_DFL);
    sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
  }

 private:
  // What the caller's caller ignores, such as Ctrl-C under nohup or in the background, stays so.
  static void take(int signal, struct sigaction& old) {
    sigaction(signal, nullptr, &old);
    if (old.sa_handler != SIG_IGN) {
      struct sigaction action {};
      action.sa_handler = note_interrupt;
      sigaction(signal, &action, nullptr);
    }
  }

  struct sigaction old_interrupt_ {};
  struct sigaction old_terminate_ {};
  sigset_t old_mask_{};
};

// Both sides of a socket run the same program: numbers go over as they are in memory.
bool send_all(int socket, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t sent = send(socket, at, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) {
      continue;
    }
    if (sent <= 0) {
      return false;
    }
    at += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_all(int socket, void* data, std::size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = recv(socket, at, size, 0);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return false;
    }
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

// A worker's `main`, and so the second place that catches: what was thrown goes on in the pool.
JobEnd attempt(const Job& job, std::size_t index) {
  using Kind = JobEnd::Kind;
  try {
    return {Kind::done, job(index)};
  } catch (const UserError& error) {
    return {Kind::wrong_input, error.what()};
  } catch (const DoesNotFit& error) {
    return {Kind::does_not_fit, error.what()};
  } catch (const std::bad_alloc&) {
    return {Kind::fault, "out of memory"};
  } catch (const std::exception& error) {
    return {Kind::fault, error.what()};
  }
}

void work(int socket, const Job& job) {
  for (std::size_t index = 0; receive_all(socket, &index, sizeof index);) {
    const JobEnd end = attempt(job, index);
    const std::size_t size = end.text.size();
    if (!send_all(socket, &end.kind, sizeof end.kind) || !send_all(socket, &size, sizeof size) ||
        !send_all(socket, end.text.data(), size)) {
      return;
    }
  }
}

class Worker {
 public:
  Worker(const Job& job, const Interrupts& interrupts) {
    std::array<int, 2> ends{};
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0,
          "socket for a worker: {}", std::strerror(errno));
    const pid_t pool = getpid();
    process_ = fork();
    check(process_ >= 0, "starting a worker: {}", std::strerror(errno));
    if (process_ == 0) {
      interrupts.leave_to_pool();
      prctl(PR_SET_PDEATHSIG, SIGKILL);  // No worker outlives the pool, however that ends.
      if (getppid() == pool) {
        work(ends[1], job);
      }
      _exit(0);
    }
    close(ends[1]);
    socket_ = ends[0];
  }
  Worker(Worker&& other) noexcept
      : process_(std::exchange(other.process_, 0)),
        socket_(other.socket_),
        index_(std::exchange(other.index_, std::nullopt)) {}
  Worker& operator=(Worker&& other) noexcept {
    std::swap(process_, other.process_);
    std::swap(socket_, other.socket_);
    std::swap(index_, other.index_);
    return *this;
  }
  ~Worker() {
    if (process_ != 0) {
      kill(process_, SIGKILL);
      static_cast<void>(wait());
    }
  }

  [[nodiscard]] int socket() const { return socket_; }
  [[nodiscard]] std::size_t index() const { return index_.value(); }

  // A worker that is gone says so when its answer is read.
  void start(std::size_t index) {
    index_ = index;
    static_cast<void>(send_all(socket_, &index, sizeof index));
  }

  // The answer to start(); if the worker has died instead, how.
  [[nodiscard]] JobEnd answer() {
    JobEnd end{};
    std::size_t size = 0;
    if (receive_all(socket_, &end.kind, sizeof end.kind) &&
        receive_all(socket_, &size, sizeof size)) {
      end.text.resize(size);
      if (receive_all(socket_, end.text.data(), size)) {
        return end;
      }
    }
    return {JobEnd::Kind::crashed, wait()};
  }
  [[nodiscard]] bool is_gone() const { return process_ == 0; }

 private:
  // Takes leave of the process and says how it ended.
  [[nodiscard]] std::string wait() {
    int status = 0;
    while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    close(socket_);
    process_ = 0;
    return WIFSIGNALED(status)
               ? fmt::format("its process was ended by signal {} ({})", WTERMSIG(status),
                             strsignal(WTERMSIG(status)))
               : fmt::format("its process ended with status {} and no answer", WEXITSTATUS(status));
  }

  pid_t process_ = 0;  // 0: gone.
  int socket_ = -1;
  std::optional<std::size_t> index_;
};

}  // namespace

bool run_jobs(std::size_t count, std::size_t workers, const Job& job, const JobDone& done) {
  const Interrupts interrupts;
  std::vector<Worker> pool;
  std::size_t next = 0;
  const auto hire = [&] {
    pool.emplace_back(job, interrupts);
    pool.back().start(next++);
  };
  while (pool.size() < std::min(workers, count)) {
    hire();
  }
  while (!pool.empty()) {
    std::vector<pollfd> sockets;
    sockets.reserve(pool.size());
    for (const Worker& worker : pool) {
      sockets.push_back({.fd = worker.socket(), .events = POLLIN, .revents = 0});
    }
    if (!interrupts.wait_for(sockets)) {
      return false;
    }
    for (std::size_t i = pool.size(); i-- > 0;) {
      if (sockets[i].revents == 0) {
        continue;
      }
      const std::size_t index = pool[i].index();
      JobEnd end = pool[i].answer();
      if (!pool[i].is_gone() && next < count) {
        pool[i].start(next++);
      } else {
        pool.erase(pool.begin() + static_cast<std::ptrdiff_t>(i));
        if (next < count) {
          hire();
        }
      }
      done(index, std::move(end));
    }
  }
  return true;
}

}  // namespace systole
