#include "load/report/markup.h"

#include <cstdio>

namespace pim::load::report {
namespace {

constexpr std::string_view kPageStyle =
    ":root{color-scheme:light dark;--ink:#222;--faint:#595959;--line:#ddd;--ground:#fff;"
    "--head:#f4f6f8;--good:#1b5e20;--bad:#b71c1c;--unsure:#8a5a00}"
    "@media(prefers-color-scheme:dark){:root{--ink:#ddd;--faint:#a0a0a0;--line:#444;"
    "--ground:#16181b;--head:#22262b;--good:#81c784;--bad:#ef9a9a;--unsure:#ffcc80}}"
    "body{font-family:sans-serif;max-width:920px;margin:2em auto;padding:0 1em;color:var(--ink);"
    "background:var(--ground);line-height:1.4}"
    "table{border-collapse:collapse;width:100%;margin:1em 0}"
    "td,th{border:1px solid var(--line);padding:.3em .6em;text-align:left;vertical-align:top}"
    "th,tr.head td{background:var(--head)}tr.head td{font-weight:bold}"
    ".number{text-align:right;font-variant-numeric:tabular-nums}"
    "small{color:var(--faint);font-weight:normal}code{overflow-wrap:anywhere}"
    ".good{color:var(--good)}.bad{color:var(--bad);font-weight:bold}.unsure{color:var(--unsure)}"
    ".banner{padding:.8em 1em;border:2px solid;border-radius:4px;font-size:1.15em}"
    ".wide{overflow-x:auto}svg{width:100%;margin:.6em 0}";

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_page(std::string_view title, std::string_view body) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>" +
      escape_markup(title) + "</title><style>";
  out += kPageStyle;
  out += "</style></head><body>\n";
  out += body;
  return out + "</body></html>\n";
}

Table::Table(std::initializer_list<std::string_view> heads) {
  text_ = "<div class=\"wide\"><table><tr>";
  for (const auto head : heads) text_ += "<th>" + escape_markup(head) + "</th>";
  text_ += "</tr>\n";
}

void Table::row(std::initializer_list<Cell> cells) {
  text_ += "<tr>";
  for (const auto& [text, kind] : cells) {
    if (kind == "code") {
      text_ += "<td><code>" + escape_markup(text) + "</code></td>";
    } else {
      text_ += kind.empty() ? "<td>" : "<td class=\"" + std::string(kind) + "\">";
      text_ += escape_markup(text) + "</td>";
    }
  }
  text_ += "</tr>\n";
  ++rows_;
}

std::string fixed(double value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string shortest(double value) {
  char text[24];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string grouped(std::uint64_t value) {
  std::string text = std::to_string(value);
  for (auto at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

}  // namespace pim::load::report
