#include <gtest/gtest.h>

#include "data/rows_testing.h"

namespace pim::data {
namespace {

using Lines = std::vector<std::string>;

RowsRead read_sql(const std::string& text, const std::string& table = {}) {
  RowSourceOptions options;
  options.table = table;
  return read_rows(text, FileFormat::sql, options);
}

TEST(Sql, ReadsWhatMockarooWrites) {
  const auto read = read_sql(R"(create table MOCK_DATA (
	id INT,
	first_name VARCHAR(50),
	paid DECIMAL(9,2)
);
insert into MOCK_DATA (id, first_name, paid) values (1, 'O''Brien', 12.50);
insert into MOCK_DATA (id, first_name, paid) values (2, null, -3);
)");
  EXPECT_EQ(read.problem, "");
  EXPECT_EQ(read.columns, (Lines{"id", "first_name", "paid"}));
  EXPECT_EQ(read.rows, (Lines{"1|O'Brien|12.50", "2||-3"}));
  EXPECT_EQ(read.note, "the rows of table MOCK_DATA");
}

TEST(Sql, ReadsWhatMysqldumpWrites) {
  const auto read = read_sql(R"(-- MySQL dump 10.13  Distrib 8.0
/*!40101 SET NAMES utf8mb4 */;
DROP TABLE IF EXISTS `people`;
CREATE TABLE `people` (
  `id` int(11) NOT NULL AUTO_INCREMENT,
  `note` varchar(255) DEFAULT 'a;b',
  `flag` tinyint(1),
  PRIMARY KEY (`id`),
  KEY `by_note` (`note`(10))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
LOCK TABLES `people` WRITE;
INSERT INTO `people` VALUES (1,'it\'s; a (test)\n',1),(2,'C:\\',0),(3,_utf8mb4'x',NULL);
UNLOCK TABLES;
DELIMITER ;;
CREATE TRIGGER t AFTER INSERT ON people FOR EACH ROW BEGIN INSERT INTO people VALUES (9,'no',0); END ;;
DELIMITER ;
INSERT IGNORE INTO `people` VALUES (4,'end',1);
)");
  EXPECT_EQ(read.problem, "");
  EXPECT_EQ(read.columns, (Lines{"id", "note", "flag"}));
  EXPECT_EQ(read.rows, (Lines{"1|it's; a (test)\n|1", "2|C:\\|0", "3|x|", "4|end|1"}));
}

TEST(Sql, ReadsWhatPgDumpWrites) {
  const auto read = read_sql(R"(--
-- PostgreSQL database dump
--
\restrict abc
SET standard_conforming_strings = on;
CREATE FUNCTION f() RETURNS text AS $body$ BEGIN; INSERT INTO public.p VALUES (7); END $body$ LANGUAGE plpgsql;
CREATE TABLE public.p (
    id integer NOT NULL,
    "Full Name" text DEFAULT 'x'::text,
    born date,
    CONSTRAINT c CHECK ((id > 0))
);
INSERT INTO public.p (id, "Full Name", born) OVERRIDING SYSTEM VALUE VALUES (1, 'C:\', '2020-01-02'::date);
INSERT INTO public.p (id, born) VALUES (2, DATE '2021-03-04') ON CONFLICT DO NOTHING;
INSERT INTO public.p VALUES (3, E'a\'b\\', NULL::date);
CREATE VIEW v AS SELECT a #> '{x}' FROM p;
INSERT INTO public.p VALUES (4, 'last', NULL)
)");
  EXPECT_EQ(read.problem, "");
  EXPECT_EQ(read.columns, (Lines{"id", "Full Name", "born"}));
  EXPECT_EQ(read.rows, (Lines{"1|C:\\|2020-01-02", "2||2021-03-04", "3|a'b\\|", "4|last|"}));
}

TEST(Sql, ReadsWhatSqliteAndSqlServerWrite) {
  EXPECT_EQ(
      read_sql("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"
               "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, UNIQUE(b));\n"
               "INSERT INTO t VALUES(1,'x'),(2,X'00ff');\nREPLACE INTO \"t\" VALUES(3,1.5e-3);\n"
               "COMMIT;\n")
          .rows,
      (Lines{"1|x", "2|X'00ff'", "3|1.5e-3"}));
  EXPECT_EQ(
      read_sql("SET IDENTITY_INSERT [dbo].[t] ON\nGO\n"
               "INSERT [dbo].[t] ([a], [b c]) VALUES (1, N'x')\n"
               "INSERT [dbo].[t] ([a], [b c]) VALUES (2, NULL)\nGO\nSET IDENTITY_INSERT [dbo].[t] "
               "OFF\nGO\n")
          .rows,
      (Lines{"1|x", "2|"}));
}

TEST(Sql, WantsToKnowTheTableWhereThereAreSeveral) {
  const std::string two =
      "insert into a (x) values (1);\ninsert into s.b (y) values (2);\n"
      "insert into a (x) values (3);\n";
  EXPECT_NE(read_sql(two).problem.find("table = ...: a, b"), std::string::npos)
      << read_sql(two).problem;
  EXPECT_EQ(read_sql(two, "A").rows, (Lines{"1", "3"}));
  EXPECT_EQ(read_sql(two, "b").rows, (Lines{"2"}));
  EXPECT_NE(read_sql(two, "c").problem.find("no rows of table 'c'; there are rows of a, b"),
            std::string::npos);
}

TEST(Sql, RefusesWhatHoldsNoRows) {
  EXPECT_NE(read_sql("").problem, "");
  EXPECT_NE(read_sql("create table t (a int);").problem.find("no INSERT"), std::string::npos);
  EXPECT_NE(read_sql("COPY public.t (a, b) FROM stdin;\n1\tx;\n\\.\n").problem.find("--inserts"),
            std::string::npos);
  EXPECT_NE(read_sql("insert into t values (1, 2);").problem.find("names no columns"),
            std::string::npos);
  EXPECT_EQ(read_sql("insert into t select * from u;").problem, read_sql("select 1;").problem);
}

TEST(Sql, CostsOneRowWhereOneRowIsWrong) {
  const auto read = read_sql(
      "insert into t (a, b) values\n(1, 'x'),\n(2),\n(3, now()),\n(4, 'y' || 'z'),\n"
      "(5, 'a', 'b'),\n(6, - 'q'),\n(7, (select 1)),\n(8, 'ok');\n");
  EXPECT_EQ(read.rows, (Lines{"1|x", "3:1 has 1 values for 2 columns",
                              "4:5 is an expression: only plain values can be read",
                              "5:9 is an expression: only plain values can be read",
                              "6:1 has 3 values for 2 columns", "7:7 a number was expected here",
                              "8:5 is an expression: only plain values can be read", "8|ok"}));
}

TEST(Sql, NeverGuessesWhatABackslashMeans) {
  const std::string open = "insert into t (a, b) values ('x\\', 1);\n";
  EXPECT_NE(read_sql(open).rows[0].find("reads two ways"), std::string::npos)
      << read_sql(open).rows[0];
  EXPECT_EQ(read_sql("insert into t (a) values ('it\\'s');\n").rows, (Lines{"it's"}));
  RowSourceOptions plain;
  plain.backslash = false;
  EXPECT_EQ(read_rows(open, FileFormat::sql, plain).rows, (Lines{"x\\|1"}));
}

TEST(Sql, SaysWhereItWasCutShort) {
  const std::string head = "insert into t (a) values (1)";
  EXPECT_EQ(read_sql(head).rows, (Lines{"1"})) << "the last semicolon may be missing";
  EXPECT_EQ(read_sql(head + ",").rows,
            (Lines{"1", "1:30 the file ends within a row: it was cut short"}));
  EXPECT_EQ(read_sql(head + ", (2").rows.size(), 2u);
  EXPECT_EQ(read_sql(head + ", ('open").rows, (Lines{"1", "1:32 this quote is never closed"}));
  EXPECT_EQ(read_sql(head + ";\n/* open").rows, (Lines{"1", "2:1 this comment is never closed"}));
  EXPECT_EQ(read_sql(head + "; insert into t (a) values row(1);").rows.size(), 2u);
}

TEST(Sql, TakesHugeTextsAndOddBytesWithoutHarm) {
  const auto huge =
      read_sql("insert into t (a) values ('" + std::string(10 << 20, 'x') + "'), ('ok');");
  ASSERT_EQ(huge.rows.size(), 2u);
  EXPECT_NE(huge.rows[0].find("longer than 1 MiB"), std::string::npos);
  EXPECT_EQ(huge.rows[1], "ok");
  const auto odd =
      read_sql("insert into t (a) values ('\xE9'), ('" + std::string(1, '\0') + "'), ('ok');");
  ASSERT_EQ(odd.rows.size(), 3u);
  EXPECT_NE(odd.rows[0].find("not UTF-8"), std::string::npos);
  EXPECT_NE(odd.rows[1].find("NUL"), std::string::npos);
  EXPECT_EQ(odd.rows[2], "ok");
}

TEST(Sql, ReadsTheCastsOfSqlServersScripts) {
  const auto read = read_sql(R"(INSERT [dbo].[p] ([id], [born], [n]) VALUES
(1, CAST(N'2024-01-02' AS Date), CAST(4.50 AS Decimal(5, 2))),
(2, CAST(upper('x') AS Date), 1),
(3, CAST('a' || (1) AS Date), 1),
(4, cast('b' as varchar(3)), 1)
GO
)");
  EXPECT_EQ(read.problem, "");
  EXPECT_EQ(read.rows,
            (Lines{"1|2024-01-02|4.50", "3:5 is an expression: only plain values can be read",
                   "4:5 is an expression: only plain values can be read", "4|b|1"}));
}

}  // namespace
}  // namespace pim::data
