# Sourced by cluster.sh: the certificates between the clusters. DIR/secrets has the lab's authority (ca.key, which goes nowhere,
# and ca.crt, whom to trust: it, and the one before it while that one is good) and a leaf for each who speaks: NAME.key, NAME.crt.

CERTS_PACKAGES=(openssl)
CERTS_DAYS=30        # of a leaf
CERTS_RENEW_DAYS=10  # before its end it is made anew by the next `up`, and `show` says so
CERTS_CA_DAYS=1825
CERTS_ADDRESS=deploy/cluster-a/base/b-address.env

# Who: namespace, what it may do with TLS, and the workload that reads whom to trust at its start only (-: anew each time).
declare -A CERTS_LEAVES=(
  [gateway]='pim-observability serverAuth deployment/gateway'
  [agent]='pim clientAuth statefulset/agent'
  [spine]='pim clientAuth -'
)

CERTS_USAGE='./lab certs init       the authority of the lab, where there is none
./lab certs issue      and a leaf for each who has none, whose is about to end, or lacks the name in b-address.env; `up` does both
./lab certs rotate     new leaves for all, into the clusters, too: no restart, nothing lost. --ca: and a new authority
./lab certs show       what there is, and for how many days; exit code 1 if one is about to end or is not of the authority
Each takes --dir DIR (.lab/cluster). rotate finds the node of that directory, or clusters of yours: --context NAME [--context-b NAME].'

certs() {
  local verb=${1:-help} dir=.lab/cluster context='' context_b='' ca='' KUBECTL=()
  [ $# -gt 0 ] && shift
  while [ $# -gt 0 ]; do
    case $1 in
      --ca) ca=1 ;;
      --dir | --context | --context-b)
        [ $# -ge 2 ] || die 2 "$1 needs a value"
        local option=${1#--}
        printf -v "${option//-/_}" %s "$2"
        shift
        ;;
      *) die 2 "certs does not know '$1'"$'\n'"$CERTS_USAGE" ;;
    esac
    shift
  done
  dir=$(realpath -m "$dir")
  need "${CERTS_PACKAGES[@]}"
  case $verb in
    init) certs_authority "$dir/secrets" ;;
    issue) certs_issue "$dir" ;;
    rotate) certs_rotate "$dir" "$ca" "$context" "${context_b:-$context}" ;;
    show) certs_show "$dir" ;;
    help) echo "$CERTS_USAGE" ;;
    *) die 2 "certs has no verb '$verb'"$'\n'"$CERTS_USAGE" ;;
  esac
}

# certs_openssl COMMAND...: without the machine's own configuration; what it says only where it fails.
certs_openssl() {
  local said
  said=$(OPENSSL_CONF=/dev/null openssl "$@" 2>&1 </dev/null) || die 3 "openssl $1 failed: $said"
}

# certs_authority SECRETS [new]
certs_authority() (
  secrets=$1
  mkdir -p -m 700 "$secrets"
  [ -z "${2:-}" ] && [ -s "$secrets/ca.crt" ] && [ -s "$secrets/ca.key" ] && exit
  umask 077
  certs_openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$secrets/ca.key.new"
  certs_openssl req -x509 -new -config <(printf '[req]\ndistinguished_name=name\n[name]\n') -key "$secrets/ca.key.new" -days $CERTS_CA_DAYS \
    -subj "/O=PIM SRE Lab/CN=authority $(openssl rand -hex 4)" -addext basicConstraints=critical,CA:TRUE,pathlen:0 \
    -addext keyUsage=critical,keyCertSign,cRLSign -addext subjectKeyIdentifier=hash -out "$secrets/ca.crt.new"
  # the first in the file signs; the one before it stays trusted until the next
  [ ! -s "$secrets/ca.crt" ] || openssl x509 -in "$secrets/ca.crt" >>"$secrets/ca.crt.new"
  mv "$secrets/ca.key.new" "$secrets/ca.key"
  mv "$secrets/ca.crt.new" "$secrets/ca.crt"
  say "a new authority: $secrets/ca.crt"
)

# certs_names NAME: as what it is known. The gateway also by the name that cluster A calls it by.
certs_names() {
  local host
  if [ "$1" != gateway ]; then echo "DNS:$1.pim" && return; fi
  host=$(sed -nE 's/^B_ADDRESS=([A-Za-z0-9.-]+):[0-9]+$/\1/p' "$CERTS_ADDRESS")
  [ -n "$host" ] || die 2 "$CERTS_ADDRESS has no line B_ADDRESS=HOST:PORT"
  { printf 'DNS:%s\n' gateway.pim-observability.svc gateway.pim-observability.svc.cluster.local
    if [[ $host =~ ^[0-9.]+$ ]]; then echo "IP:$host"; else echo "DNS:$host"; fi; } | sort -u | paste -sd,
}

# certs_leaf SECRETS NAME
certs_leaf() (
  secrets=$1 name=$2 namespace='' use=''
  read -r namespace use _ <<<"${CERTS_LEAVES[$name]}"
  umask 077
  certs_openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$secrets/$name.key.new"
  certs_openssl req -new -config <(printf '[req]\ndistinguished_name=name\n[name]\n') -key "$secrets/$name.key.new" \
    -subj "/O=PIM SRE Lab/CN=$name" -out "$secrets/$name.csr"
  certs_openssl x509 -req -in "$secrets/$name.csr" -CA "$secrets/ca.crt" -CAkey "$secrets/ca.key" -days $CERTS_DAYS \
    -set_serial "0x$(openssl rand -hex 15)" -out "$secrets/$name.crt.new" -extfile <(
      printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\nsubjectAltName=%s\n' "$use" "$(certs_names "$name")"
    )
  rm "$secrets/$name.csr"
  mv "$secrets/$name.key.new" "$secrets/$name.key"
  mv "$secrets/$name.crt.new" "$secrets/$name.crt"
  say "a new certificate of $name, for $CERTS_DAYS days"
)

# certs_problem SECRETS NAME: why its leaf will not do; nothing if it will.
certs_problem() {
  local leaf=$1/$2.crt name
  [ -s "$leaf" ] && [ -s "$1/$2.key" ] || { echo "is not there"; return; }
  openssl x509 -in "$leaf" -noout -checkend 0 >/dev/null || { echo "has ended"; return; }
  openssl verify -CAfile "$1/ca.crt" "$leaf" >/dev/null 2>&1 || { echo "is not of the authority"; return; }
  openssl x509 -in "$leaf" -noout -checkend $((CERTS_RENEW_DAYS * 86400)) >/dev/null || { echo "ends in less than $CERTS_RENEW_DAYS days"; return; }
  for name in $(certs_names "$2" | tr , ' '); do
    openssl x509 -in "$leaf" -noout -ext subjectAltName | sed 's/IP Address:/IP:/; s/[ ,]/\n/g' | grep -qxF "$name" || { echo "does not bear $name"; return; }
  done
}

# certs_issue DIR: what is missing, and nothing else.
certs_issue() {
  local name
  certs_names gateway >/dev/null # else nothing is made
  certs_authority "$1/secrets"
  for name in "${!CERTS_LEAVES[@]}"; do
    [ -z "$(certs_problem "$1/secrets" "$name")" ] || certs_leaf "$1/secrets" "$name"
  done
}

# certs_put DIR NAME: its Secret, from the files. Who has it already sees the new one at once, and restarts only for whom to trust.
certs_put() {
  local secrets=$1/secrets name=$2 namespace workload before after
  read -r namespace _ workload <<<"${CERTS_LEAVES[$name]}"
  before=$("${KUBECTL[@]}" -n "$namespace" get secret "$name-tls" --ignore-not-found -o 'jsonpath={.data.ca\.crt} {.data.tls\.crt}')
  "${KUBECTL[@]}" -n "$namespace" create secret generic "$name-tls" --dry-run=client -o yaml --from-file=tls.crt="$secrets/$name.crt" \
    --from-file=tls.key="$secrets/$name.key" --from-file=ca.crt="$secrets/ca.crt" |
    "${KUBECTL[@]}" apply --server-side --force-conflicts -f - >/dev/null
  after=$("${KUBECTL[@]}" -n "$namespace" get secret "$name-tls" -o 'jsonpath={.data.ca\.crt} {.data.tls\.crt}')
  [ -n "$before" ] && [ "$before" != "$after" ] || return 0
  # a kubelet looks at a pod's volumes when the pod changes, and else once a minute
  "${KUBECTL[@]}" -n "$namespace" annotate pods -l "app.kubernetes.io/name=$name" --overwrite "pim.lab/certificate=$(certs_serial "$secrets/$name.crt")" >/dev/null
  [ "${before% *}" != "${after% *}" ] && [ "$workload" != - ] || return 0
  say "$workload restarts, to trust the new authority"
  "${KUBECTL[@]}" -n "$namespace" rollout restart "$workload" >/dev/null
  "${KUBECTL[@]}" -n "$namespace" rollout status "$workload" --timeout="${DEPLOY_LIMIT}s" >/dev/null
}

certs_serial() { openssl x509 -in "$1" -noout -serial | cut -d= -f2; }

# certs_rotate DIR CA CONTEXT_A CONTEXT_B: whom to trust goes first and everywhere, and then who they are.
certs_rotate() {
  local dir=$1 ca=$2 name
  if [ -z "$3" ] && [ ! -e "$dir/admin.conf" ]; then say "no cluster: neither a node in $dir nor --context; the next up brings them"; fi
  if [ -n "$ca" ]; then
    certs_authority "$dir/secrets" new
    certs_put_all "$dir" "$3" "$4"
  fi
  certs_authority "$dir/secrets"
  for name in "${!CERTS_LEAVES[@]}"; do certs_leaf "$dir/secrets" "$name"; done
  certs_put_all "$dir" "$3" "$4"
}

certs_put_all() {
  local dir=$1 KUBECTL=()
  [ -n "$2" ] || [ -e "$dir/admin.conf" ] || return 0
  if [ -n "$2" ]; then KUBECTL=(kubectl --context "$3"); else cluster_kubectl "$dir"; fi
  certs_put "$dir" gateway
  if [ -n "$2" ]; then KUBECTL=(kubectl --context "$2"); fi
  certs_put "$dir" agent
  certs_put "$dir" spine
}

certs_show() {
  local secrets=$1/secrets name problem status=0
  [ -s "$secrets/ca.crt" ] || die 4 "there are no certificates in $secrets: ./lab certs issue"
  printf '%-8s %5s  %-32s %s\n' who days serial names
  printf '%-8s %5s  %-32s %s\n' "ca" "$(certs_days "$secrets/ca.crt")" "$(certs_serial "$secrets/ca.crt")" "$(openssl x509 -in "$secrets/ca.crt" -noout -subject -nameopt multiline | sed -n 's/.*commonName *= //p')"
  for name in $(printf '%s\n' "${!CERTS_LEAVES[@]}" | sort); do
    problem=$(certs_problem "$secrets" "$name")
    [ -z "$problem" ] || status=1
    [ -s "$secrets/$name.crt" ] || { printf '%-8s %s\n' "$name" "$problem"; continue; }
    printf '%-8s %5s  %-32s %s%s\n' "$name" "$(certs_days "$secrets/$name.crt")" "$(certs_serial "$secrets/$name.crt")" \
      "$(openssl x509 -in "$secrets/$name.crt" -noout -ext subjectAltName | sed -n '2s/^ *//p')" "${problem:+; it $problem}"
  done
  return $status
}

# certs_days FILE: that are left.
certs_days() { echo $((($(date -d "$(openssl x509 -in "$1" -noout -enddate | cut -d= -f2)" +%s) - $(date +%s)) / 86400)); }
