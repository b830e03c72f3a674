#include "chaos/fault.h"

#include <utility>

namespace pim::chaos {

Moment Moment::now() {
  return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

Fault::Fault(std::string kind, std::string target, const Parameters& parameters,
             std::unique_ptr<Effect> effect)
    : effect_(std::move(effect)) {
  truth_.kind = std::move(kind);
  truth_.target = std::move(target);
  truth_.parameters = parameters.texts();
}

Fault::~Fault() {
  if (effect_) static_cast<void>(undo());
}

FaultResult Fault::inject() {
  truth_.from = Moment::now();
  auto begun = effect_->begin();
  if (begun) return begun;
  if (auto ended = effect_->end(); !ended) {
    begun.error().trouble = Trouble::not_undone;
    begun.error().message += "; and it was not taken back: " + ended.error().message;
  } else {
    truth_.from.reset();
  }
  return begun;
}

FaultResult Fault::undo() {
  if (!in_force()) return {};
  auto ended = effect_->end();
  truth_.hits = effect_->hits();
  if (ended) truth_.to = Moment::now();
  return ended;
}

}  // namespace pim::chaos
