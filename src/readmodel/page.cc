#include "readmodel/page.h"

#include <algorithm>

#include "domain/ids_text.h"

namespace pim::readmodel {
namespace {

constexpr std::uint32_t kMaxRows = 200;
constexpr std::size_t kDefaultBytes = 3'600;
constexpr std::size_t kMaxBytes = std::size_t{512} * 1024;

}  // namespace

PageBounds bounds_of(const PageRequest& request, std::uint32_t default_rows) {
  if (request.limit == 0) return {default_rows, kDefaultBytes};
  return {std::min(request.limit, kMaxRows), kMaxBytes};
}

bool PageBuilder::begin_item(std::size_t bytes) {
  if (full()) return false;
  if (rows_ > 0 && items_.size() + bytes + 1 > bounds_.bytes) return false;
  if (rows_ > 0) items_ += ',';
  ++rows_;
  return true;
}

bool PageBuilder::add(std::string_view item) {
  if (!begin_item(item.size())) return false;
  items_ += item;
  return true;
}

bool PageBuilder::add_with_id(std::string_view name, const Uuid& id, std::string_view object) {
  if (!begin_item(object.size() + name.size() + kUuidChars + 6)) return false;
  items_ += "{\"";
  items_ += name;
  items_ += "\":\"";
  append_uuid(items_, id);
  items_ += "\",";
  items_ += object.substr(1);
  return true;
}

Page PageBuilder::finish(std::string next_cursor) && {
  items_ += ']';
  return Page{std::move(items_), std::move(next_cursor), rows_};
}

std::string with_field(std::string_view object, std::string_view name, std::string_view value) {
  std::string out;
  out.reserve(object.size() + name.size() + value.size() + 6);
  out += object.substr(0, object.size() - 1);
  if (object.size() > 2) out += ',';
  out += '"';
  out += name;
  out += "\":\"";
  out += value;
  out += "\"}";
  return out;
}

}  // namespace pim::readmodel
