// SPDX-License-Identifier: Apache-2.0
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <boost/version.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/data_files.hpp"
#include "cli/exit_codes.hpp"
#include "cli/result_output.hpp"
#include "cosim/rtl.hpp"
#include "model/kernel.hpp"
#include "report/format.hpp"
#include "study/catalogue.hpp"
#include "study/nsga2.hpp"
#include "study/self_test.hpp"

namespace systole {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr double kLeastMemory = 1e9;  // A full pod unfolded takes more; any shipped run less.

enum class State : std::uint8_t {
  ok,
  missing,  // And not needed.
  wrong
};

struct Finding {
  std::string what;
  State state;
  std::string text;
  std::string remedy{};  // Unless all is well.
};

// "1.74" of Boost's "1_74".
std::string boost_version() {
  std::string out = BOOST_LIB_VERSION;
  std::ranges::replace(out, '_', '.');
  return out;
}

std::string fmt_version() {
  return fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
}

std::vector<Finding> versions() {
  return {
      {"systole", State::ok, SYSTOLE_VERSION},
#ifdef __clang__
      {"compiler", State::ok, __VERSION__},
#else
      {"compiler", State::ok, "GCC " __VERSION__},
#endif
      {"SystemC", State::ok, model::kernel_version()},
      {"fmt", State::ok, fmt_version()},
      {"yaml-cpp", State::ok, SYSTOLE_YAML_CPP},
      {"Boost", State::ok, boost_version()},
  };
}

Finding data_found() {
  std::vector<std::string> lost;
  std::size_t files = 0;
  for (const Shelf& shelf : kShelves) {
    const std::size_t here = presets(data_folder(shelf.folder)).size();
    files += here;
    if (here == 0 && shelf.kind != "baseline") {
      lost.emplace_back(shelf.folder);
    }
  }
  if (lost.empty()) {
    return {
        "data files", State::ok,
        fmt::format("{} in {}", files, fs::path(data_folder("configs")).parent_path().string())};
  }
  return {"data files", State::wrong, "nothing in " + fmt::format("{}", fmt::join(lost, ", ")),
          "install with 'cmake --install build', or work in the project's folder"};
}

Finding results_folder(const std::string& folder) {
  const bool is_writable = fs::is_directory(folder) && access(folder.c_str(), W_OK | X_OK) == 0;
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  return is_writable ? Finding{"results folder", State::ok,
                               fmt::format("{} can be written to, {} free", folder,
                                           si(static_cast<double>(space.available), "B"))}
                     : Finding{"results folder", State::wrong, folder + " cannot be written to",
                               "create it, or work in a folder of yours ('sweep --results DIR')"};
}

// From a line of /proc/meminfo; infinite where there is none.
double available_memory() {
  std::ifstream in("/proc/meminfo");
  for (std::string line; std::getline(in, line);) {
    constexpr std::string_view kKey = "MemAvailable:";
    if (line.starts_with(kKey)) {
      return std::strtod(line.c_str() + kKey.size(), nullptr) * 1024.0;
    }
  }
  return INFINITY;
}

std::vector<Finding> machine() {
  const double memory = available_memory();
  return {
      {"cores", State::ok, std::to_string(sysconf(_SC_NPROCESSORS_ONLN))},
      memory >= kLeastMemory
          ? Finding{"memory", State::ok, std::isinf(memory) ? "unknown" : si(memory, "B") + " free"}
          : Finding{"memory", State::wrong, si(memory, "B") + " free",
                    "end other programs, or give 'sweep' fewer workers with -j 1"}};
}

bool is_on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream in(path == nullptr ? "" : path);
  for (std::string folder; std::getline(in, folder, ':');) {
    if (access((fs::path(folder) / program).c_str(), X_OK) == 0) {
      return true;
    }
  }
  return false;
}

std::vector<Finding> tools() {
  struct Tool {
    std::string program;
    std::string package;
    std::string purpose;
  };
  const std::vector<Tool> all{
      {"sbatch", "slurm-client", "'sweep --slurm' over a cluster"},
      {"chromium", "chromium", "tests that look at HTML reports"},
      {"verilator", "verilator", "'verify' against the RTL, at build time"}};
  std::vector<Finding> out;
  out.reserve(all.size());
  for (const Tool& tool : all) {
    out.push_back(is_on_path(tool.program)
                      ? Finding{tool.program, State::ok, "for " + tool.purpose}
                      : Finding{tool.program, State::missing, "not there; for " + tool.purpose,
                                fmt::format("apt-get install {}", tool.package)});
  }
  return out;
}

Finding rtl() {
  const std::size_t arrays = cosim::rtl_variants().size();
  return arrays > 0 ? Finding{"RTL checker", State::ok, fmt::format("{} arrays built in", arrays)}
                    : Finding{"RTL checker", State::missing, "not built in; for 'verify'",
                              "install verilator and build again"};
}

Finding search() {
  const std::string library = search_library();
  return library.empty() ? Finding{"search", State::missing, "not built in; for 'search'",
                                   "install libpagmo-dev and build again"}
                         : Finding{"search", State::ok, library};
}

Finding laws_hold() {
  const SelfTest test = self_test(fs::path(data_folder("configs")).parent_path());
  if (!test.broken.empty()) {
    return {"self-test", State::wrong, test.broken,
            "build again from clean sources; if it stays, report it with this text"};
  }
  return test.unread.empty()
             ? Finding{"self-test", State::ok, "a known energy and the laws of a tiny run hold"}
             : Finding{"self-test", State::wrong, "cannot run: " + test.unread,
                       "mend the data files"};
}

std::string_view name(State state) {
  return state == State::ok ? "ok" : state == State::missing ? "missing" : "wrong";
}

std::string table(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    const std::string_view mark = finding.state == State::wrong ? "WRONG" : "";
    out += fmt::format("{:<15} {:<5} {}\n", finding.what, mark, finding.text);
    if (!finding.remedy.empty()) {
      out += fmt::format("{:<22}-> {}\n", "", finding.remedy);
    }
  }
  const auto wrong = std::ranges::count(findings, State::wrong, &Finding::state);
  return out + (wrong == 0 ? "all is well\n" : fmt::format("{} wrong\n", wrong));
}

Json json(const std::vector<Finding>& findings) {
  Json out{{"schema", "systole.doctor/1"}, {"findings", Json::array()}};
  for (const Finding& finding : findings) {
    Json one{{"what", finding.what}, {"state", name(finding.state)}, {"text", finding.text}};
    one["remedy"] = finding.remedy.empty() ? Json(nullptr) : Json(finding.remedy);
    out["findings"].push_back(std::move(one));
  }
  return out;
}

int run(const Arguments& arguments) {
  const ResultOutput output(arguments);
  std::vector<Finding> findings = versions();
  findings.push_back(data_found());
  findings.push_back(rtl());
  findings.push_back(search());
  findings.push_back(results_folder(arguments.maybe("results").value_or(".")));
  std::ranges::move(machine(), std::back_inserter(findings));
  std::ranges::move(tools(), std::back_inserter(findings));
  findings.push_back(laws_hold());
  output.write(json(findings), table(findings));
  const bool is_well = std::ranges::find(findings, State::wrong, &Finding::state) == findings.end();
  return is_well ? 0 : kFault;
}

}  // namespace

Command doctor_command() {
  return {.name = "doctor",
          .summary = "is this installation whole? versions, data, machine, tools, a self-test",
          .examples = {"systole doctor", "systole doctor --json -"},
          .operands = {},
          .options = {{.name = "results",
                       .value = "DIR",
                       .help = "where results will go",
                       .fallback = "the working folder",
                       .holds = Holds::folder},
                      json_option()},
          .run = run};
}

}  // namespace systole
