// SPDX-License-Identifier: Apache-2.0
// The only place that catches what goes wrong, and turns it into a message and an exit code.
//
// The program stays in the "C" locale that it starts in: a decimal point is a point everywhere.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"

namespace {

void complain(const std::string& text) {
  fmt::print(stderr, "{}{}", text, text.ends_with('\n') ? "" : "\n");
}

int report_fault(const std::string& what, const std::vector<std::string>& words) {
  std::string line = "systole";
  for (const std::string& word : words) {
    line += " " + word;
  }
  complain(fmt::format("internal error: {}\nThis is a fault of systole " SYSTOLE_VERSION
                       ", not of its input. Please report this message with the files named by\n"
                       "  {}",
                       what, line));
  return systole::kFault;
}

}  // namespace

int main(int argc, char** argv) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);  // Else the library greets on every run.
  const std::vector<std::string> words(argv + 1, argv + argc);
  try {
    return systole::run_command_line(words);
  } catch (const systole::UserError& error) {
    complain(error.what());
    return systole::kWrongInput;
  } catch (const systole::DoesNotFit& error) {
    complain(std::string("error: ") + error.what());
    return systole::kDoesNotFit;
  } catch (const std::bad_alloc&) {
    complain("error: out of memory");
    return systole::kFault;
  } catch (const std::exception& error) {  // A Bug, or what nobody expected.
    return report_fault(error.what(), words);
  }
}

// libsystemc has a main of its own, which refers to this; nothing calls it.
extern "C" int sc_main(int, char**) { return systole::kFault; }
