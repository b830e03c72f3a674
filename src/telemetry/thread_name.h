// Names for threads, as `top -H`, a debugger and a profile show them.
#pragma once

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string>
#include <string_view>

namespace pim::telemetry {

// Names the calling thread. Linux keeps 15 bytes: the rest is cut.
inline void name_thread(std::string_view name) {
  ::pthread_setname_np(::pthread_self(), std::string(name.substr(0, 15)).c_str());
}
inline void name_thread(std::string_view name, std::size_t number) {
  name_thread(std::string(name) + "-" + std::to_string(number));
}

// Makes the calling thread wait behind others while the processors are busy: 0 (as the process) to
// 19. A thread may only ever be made nicer.
inline void be_nice(int niceness) {
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
}

}  // namespace pim::telemetry
