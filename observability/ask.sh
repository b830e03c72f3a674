# Sourced, bash: source observability/ask.sh [STACK.json]. Questions to the running stack, one line an answer; needs curl and jq.
#   promql QUERY        value, labels; largest first          exemplars SELECTOR   trace ids of the last 10 min, newest first
#   logql QUERY         lines of the last 10 min, newest first, with what was recorded beside them
#   traceql QUERY       trace id, ms, root; newest first      trace ID             its spans: begin and length in ms, name
#   profile [SELECTOR]  where the CPU of the last 10 min went: share, function, file:line of this program
ask_stack=${1:-.lab/stack/stack.json}
ask_url() { jq -r --arg part "$1" '.[$part]' "$ask_stack"; }
# ask PART PATH NAME=VALUE...: a GET, its values escaped.
ask() {
  local part=$1 path=$2 each data=()
  shift 2
  for each in "$@"; do data+=(--data-urlencode "$each"); done
  curl -sfG "$(ask_url "$part")$path" "${data[@]}"
}
ask_labels='to_entries | map("\(.key)=\(.value)") | join(" ")'

promql() {
  ask mimir /prometheus/api/v1/query query="$1" |
    jq -r ".data.result | map(select(.value[1] != \"NaN\")) | sort_by(-(.value[1] | tonumber))[] | \"\\(.value[1])  \\(.metric | $ask_labels)\""
}
exemplars() {
  local now
  now=$(date +%s)
  ask mimir /prometheus/api/v1/query_exemplars query="$1" start=$((now - 600)) end=$((now + 5)) |
    jq -r '[.data[].exemplars[]] | sort_by(-.timestamp)[] | .labels.trace_id'
}
logql() {
  local now
  now=$(date +%s)
  ask loki /loki/api/v1/query_range query="$1" start=$((now - 600)) end=$((now + 5)) limit=50 |
    jq -r "[.data.result[] | .stream as \$s | .values[] | {at: .[0], line: .[1], \$s}] | sort_by(.at) | reverse[] | \"\\(.line)  \\(.s | $ask_labels)\""
}
traceql() {
  local now
  now=$(date +%s)
  ask tempo /api/search q="$1" start=$((now - 600)) end=$((now + 5)) limit=10 |
    jq -r '.traces // [] | sort_by(.startTimeUnixNano) | reverse[] | "\(.traceID)  \(.durationMs // 0)  \(.rootTraceName)"'
}
trace() {
  ask tempo "/api/traces/$1" | jq -r '
    [.batches[].scopeSpans[].spans[] | {name, from: (.startTimeUnixNano | tonumber / 1e6), to: (.endTimeUnixNano | tonumber / 1e6),
     more: ([.attributes[]? | select(.key == "pim.outcome") | .value.stringValue] | join(" "))}]
    | (map(.from) | min) as $begin | sort_by(.from)[]
    | "\((.from - $begin) * 1000 | round / 1000)  \((.to - .from) * 1000 | round / 1000)  \(.name) \(.more)"'
}
# Each sample counts for its innermost frame in src/.
profile() {
  local now
  now=$(date +%s)
  jq -n --arg labels "${1:-{service_name=\"pim\"\}}" --argjson now "$now" \
    '{profileTypeID: "process_cpu:cpu:nanoseconds:cpu:nanoseconds", labelSelector: $labels, start: "\($now - 600)000", end: "\($now + 5)000"}' |
    curl -sf "$(ask_url pyroscope)/querier.v1.QuerierService/SelectMergeProfile" -H 'Content-Type: application/json' -d @- |
    jq -r '
      .stringTable as $text | (.function | INDEX(.id)) as $functions
      | (.location | map({key: .id, value: [.line[]? | $functions[.functionId] as $f
          | {name: $text[$f.name // 0 | tonumber], file: $text[$f.filename // 0 | tonumber], line}]}) | from_entries) as $frames
      | [.sample[] | {cpu: (.value[0] | tonumber),
          at: first((.locationId[] | $frames[.][] | select(.file | test("(^|/)src/"))), {name: "(elsewhere)", file: "", line: ""})}]
      | (map(.cpu) | add) as $all | group_by(.at) | map({at: .[0].at, cpu: (map(.cpu) | add)}) | sort_by(-.cpu)[:15][]
      | "\(.cpu / $all * 1000 | round / 10) %  \(.at.name[:90])  \(.at.file | sub("^.*(?=src/)"; "")):\(.at.line)"'
}
