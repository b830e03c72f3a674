// A formula as a tree.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/mockaroo/formula.h"
#include "data/mockaroo/regex.h"
#include "data/mockaroo/value.h"

namespace pim::data::mockaroo {

struct Formula::Node {
  enum class Op {
    literal,
    self,    // `this`
    column,  // text: its name
    list,
    text,    // its kids' texts, one after the other
    call,    // text: the function; names: of keyword arguments, else empty
    method,  // text: the method; kids[0]: what it is called on
    index,   // kids[0][kids[1]]
    slice,   // kids[0][kids[1], kids[2]]: from, and how many
    range,   // kids[0][kids[1]..kids[2]]: from, and to
    unary,   // text: - ! +
    binary,  // text: the sign
    both,    // &&
    any,     // ||
    choose,  // kids: condition, value, condition, value, ... and an odd one: else
    match,   // case: kids[0] against kids[1] -> kids[2], ... and an even one: else
  };
  Op op = Op::literal;
  std::size_t at = 0;  // byte of the source
  std::string text;
  Value literal;
  std::vector<Node> kids;
  std::vector<std::string> names;
  std::size_t height = 1;
};

}  // namespace pim::data::mockaroo
