# Sourced by ./lab prove --publish: a run of every claim, and a sabotaged one beside it, into docs/evidence.md.

EVIDENCE=docs/evidence

publish() {
  local status=0
  [ -z "$(git status --porcelain -- . ":!$EVIDENCE.md" ":!$EVIDENCE")" ] || die 2 "--publish is of a commit: commit or stash what is changed first (git status)"
  recorded out/prove || status=$?
  [ "$status" = 0 ] || die "$status" "the run ended with exit code $status: nothing is published; see out/prove/report.html"
  recorded out/sabotage --sabotage 1 || status=$?
  [ "$status" = 1 ] || die 4 "the sabotaged run ended with exit code $status, not 1: nothing is published"
  mkdir -p "$EVIDENCE"
  cp out/prove/{kills,pressure}.svg "$EVIDENCE/"
  evidence_page >"$EVIDENCE.md"
  say "published: $EVIDENCE.md and $EVIDENCE/; look at them, and commit them"
}

# recorded OUT [--sabotage N]: prove_claims, and what it said in OUT.
recorded() {
  mkdir -p "$1"
  (prove_claims "$@") > >(tee "$1/verdict.txt") 2> >(tee "$1/recording.txt" >&2)
}

# The page, of what lies in out/prove and out/sabotage.
evidence_page() {
  cat <<EOF
# Evidence

Made by \`./lab prove --publish\`, not by hand: nothing stands here that its run did not print.

$(evidence_head out/prove)

| | claim | verdict | again |
|---|---|---|---|
$(jq -r '.claims[] | "| \(if .claim == 0 then "" else .claim end) | \(.text) | **\(.verdict)**\(if .not_delivered == "" then "" else "; not delivered: " + .not_delivered end) | \(if .command == "" then "" else "`" + .command + "`" end) |"' out/prove/report.json)

![Latency under failure pressure, faults shaded](evidence/pressure.svg)

![Latency of acknowledged writes, SIGKILLs marked](evidence/kills.svg)

## From kill to verdict

\`\`\`
$(evidence_recording out/prove)
\`\`\`

## Each check, and its figures

$(evidence_claims out/prove)

## The same, sabotaged

\`./lab prove --sabotage 1\`: the server acknowledges before it commits. It had to fail, and ended with exit code 1.

$(evidence_head out/sabotage)

\`\`\`
$(evidence_recording out/sabotage)
\`\`\`

$(evidence_claims out/sabotage)
EOF
}

# evidence_head OUT
evidence_head() {
  jq -r '"Commit `\(.commit)`, \(.started_at), \(.seconds | round) s on \(.machine | sub("^Linux [^,]*, "; "")); program \(.program), seed \(.seed). **\(.sentence)**"' "$1/report.json"
}

# evidence_recording OUT: what the run said, with its minutes, and the verdicts.
evidence_recording() {
  grep -E '^ *[0-9]+:[0-9]{2}  ' "$1/recording.txt"
  grep -E '^(claim|premise) ' "$1/verdict.txt"
}

# evidence_claims OUT
evidence_claims() {
  jq -r '.claims[] | select(.checks != []) | "**\(if .claim == 0 then "Premise" else "Claim \(.claim)" end): \(.verdict).** How: \(.method).\n",
    (.checks[] | "- \(if .holds then "ok" else "**FAIL**" end): \(.check): \(.evidence | if length > 300 then .[0:300] + " ..." else . end)"), ""' "$1/report.json"
}
