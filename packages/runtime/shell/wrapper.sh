# The wrapper of an OCI runtime: what `nri oci install` writes behind its settings. Plain sh: dash, bash and busybox read it.
set -uf

# --- The command line -----------------------------------------------------------------------------------------------

# Looks up a name among $options: sets found, and takes to = when it has a value.
look_up() {
  found= takes= near=
  [ -n "$1" ] || return 1
  for known in $options; do
    case $known in
      ?:*)
        [ "$style" = go ] && [ "$1" = "${known%%:*}" ] || continue
        known=${known#?:} ;;
      "$1" | "$1=") ;;
      "$1"*)
        [ "$style" = go ] || near="$near $known"
        continue ;;
      *) continue ;;
    esac
    found=${known%=}
    [ "$found" = "$known" ] || takes='='
    return 0
  done
  # The beginning of one name only is that name.
  set -- $near
  [ $# = 1 ] || return 1
  found=${1%=}
  [ "$found" = "$1" ] || takes='='
}

take() {
  case $1 in
    root) root=$2 ;;
    log) log=$2 ;;
    log-format) format=$2 ;;
    bundle) bundle=$2 ;;
    pid-file) pid_file=$2 ;;
    config) config=$2 ;;
    resources) resources=$2 resources_at=$n resources_head=${word%"$2"} ;;
  esac
}

# One word with options; fails for one that is not known.
option() {
  case $style$1 in
    getopt--*) body=${1#--} ;;
    getopt*) letters "${1#-}"; return ;;
    *) body=${1#-} body=${body#-} ;;
  esac
  look_up "${body%%=*}" || return 1
  case $takes$body in
    =*=*) take "$found" "${body#*=}" ;;
    =*) want=$found ;;
    *=*) [ "$style" = go ] ;;
  esac
}

# Letters in one word, the last of them perhaps with its value.
letters() {
  cluster=$1
  while [ -n "$cluster" ]; do
    rest=${cluster#?}
    letter=${cluster%"$rest"}
    cluster=$rest
    found=
    for known in $options; do
      case $known in
        "$letter:"*) found=${known#?:} ;;
      esac
    done
    case $found in
      '') return 1 ;;
      *=)
        if [ -n "$rest" ]; then take "${found%=}" "$rest"; else want=${found%=}; fi
        return 0 ;;
    esac
  done
}

# unknown WORD COMMAND-LINE: the runtime says what is wrong, unless it knows more than we: then the daemon must not be passed by.
unknown() {
  unknown=${1%%=*} asks=
  shift
  for word do
    case $word in
      create | start | update | run | restore) asks=yes ;;
    esac
  done
  case $asks$unknown in
    yes-h | yes-help | yes--h* | 'yes-?' | yes--us* | yes-v | yes-V | yes-version | yes--vers*) ;;
    yes*)
      case $("$runtime" $command --help 2>&1) in
        *"$unknown"[!a-z-]*)
          case $unknown in
            *[!A-Za-z0-9-]*) unknown='an option' ;;
          esac
          fail "NRI: $unknown is unknown to this wrapper: write it again with a newer nri oci install" ;;
      esac ;;
  esac
  exec "$runtime" "$@"
}

# fail TEXT [TEXT-AS-JSON TIME]: says it as the runtime would, in its log and on stderr.
fail() {
  quoted=${2:-"\"$1\""}
  time=${3:-$("$date" -u +%Y-%m-%dT%H:%M:%SZ)}
  log=${log#file:}
  case $log in
    '' | journald:* | syslog:*) ;;
    *)
      case $format$flavour in
        json*) line="{\"level\":\"error\",\"msg\":$quoted,\"time\":\"$time\"}" ;;
        *crun) line=$1 ;;
        *) line="time=\"$time\" level=error msg=$quoted" ;;
      esac
      printf '%s\n' "$line" >>"$log" ;;
  esac
  printf '%s\n' "$1" >&2
  exit 1
}

command= id= root= log= format=text bundle= pid_file= config= resources= resources_at=0 resources_head=
options=$global_options ended= want= n=0
for word do
  n=$((n + 1))
  if [ -n "$want" ]; then
    take "$want" "$word"
    want=
    continue
  fi
  case $ended$word in
    --) ended=' ' ;;
    -?*) option "$word" || unknown "$word" "$@" ;;
    *)
      if [ -z "$command" ]; then
        case $word in
          create | start | update | run | restore) command=$word ended= ;;
          *) exec "$runtime" "$@" ;;
        esac
        eval "options=\$${word}_options"
      elif [ -z "$id" ]; then
        id=$word
        [ "$style" = go ] || ended=' '
      else
        # One too many: the runtime says so.
        exec "$runtime" "$@"
      fi ;;
  esac
done
[ -n "$id" ] && [ -z "$want" ] || exec "$runtime" "$@"

# --- What passes unasked, and what is not for a shell ---------------------------------------------------------------

# Without root podman has other containers, which are not the daemon's: / is then somebody else's, also in a user namespace.
[ "$engine" != podman ] || [ -O / ] || exec "$runtime" "$@"

namespace=${root##*/}
case " $exempt_namespaces " in
  *" ${namespace:-/} "*) exec "$runtime" "$@" ;;
esac

# Becomes the Node.js program, which gets the caller's descriptors: those beyond the shell's own, which close by themselves.
become_program() {
  [ -n "$node" ] || fail "NRI: $command refused: this needs Node.js on the machine: write the wrapper there with nri oci install"
  descriptors=
  for digit in $(cd /proc/self/fdinfo 2>/dev/null && set +f && echo *); do
    [ "$digit" -gt 2 ] && [ -e "/proc/$$/fd/$digit" ] || continue
    while read -r name value; do
      [ "$name" != flags: ] || [ $((value & 02000000)) != 0 ] || descriptors=$descriptors,$digit
    done <"/proc/$$/fdinfo/$digit"
  done
  eval "pass=\$when_down_$command"
  # What is meant for another program.
  unset NODE_OPTIONS NODE_EXTRA_CA_CERTS
  exec "$node" "$node_program" --engine "$engine" --runtime "$runtime" --flavour "$flavour" --socket "$socket" \
    --wait "$wait" --answer-wait "$answer_wait" --when-down "$pass" --descriptors "$descriptors" --end-with-us "$end_with_us" -- "$@"
}

case $command in
  create | run | restore)
    case $bundle in
      /*) ;;
      *) bundle=$(cd "./$bundle" 2>/dev/null && pwd -P) || exec "$runtime" "$@" ;;
    esac
    case $config in
      '') config=$bundle/config.json ;;
      -*) config=./$config ;;
    esac
    # Without a spec that can be read the runtime has a better reason than we.
    [ -f "$config" ] && [ -r "$config" ] || exec "$runtime" "$@"
    bytes=$max_spec_bytes ;;
  update) bytes=$max_resources_bytes ;;
esac

# Whether the pod's namespace is exempt: from the spec, or from what runc (labels) and crun (its copy) keep of it.
exempt_pod() {
  key=io.kubernetes.cri.sandbox-namespace
  state=${root:-$default_root}/$id
  for namespace in $exempt_pod_namespaces; do
    for file in "$config" "$state/config.json" "$state/state.json"; do
      [ -f "$file" ] || continue
      "$grep" -qF -e "\"$key\":\"$namespace\"" -e "\"$key=$namespace\"" "$file" && return 0
    done
  done
  return 1
}
if [ -n "$exempt_pod_namespaces" ] && exempt_pod; then exec "$runtime" "$@"; fi

case $command$resources in
  run* | restore* | update) become_program "$@" ;;
esac

# Three descriptors that the caller does not use.
answer_fd= both_fd= lease_fd=
[ -d /proc/self/fd ] || become_program "$@"
for digit in 9 8 7 6 5 4 3; do
  [ -e "/proc/self/fd/$digit" ] && continue
  if [ -z "$lease_fd" ]; then lease_fd=$digit
  elif [ -z "$answer_fd" ]; then answer_fd=$digit
  elif [ -z "$both_fd" ]; then both_fd=$digit
  fi
done
[ -n "$both_fd" ] || become_program "$@"

# --- The real runtime -----------------------------------------------------------------------------------------------

question=$folder/$$

# Ends as the runtime did: with its code, or by the signal that ended it.
finish() {
  [ "$1" -le 128 ] || kill -$(($1 - 128)) $$ 2>/dev/null
  exit "$1"
}

# call COMMAND-LINE: the real runtime, with other resources where there are. It ends with us, and does not get the lease.
new_resources=
call() {
  if [ -n "$new_resources" ]; then
    n=0
    for word do
      n=$((n + 1))
      [ $n != 1 ] || set --
      [ $n != "$resources_at" ] || word=$resources_head$new_resources
      set -- "$@" "$word"
    done
  fi
  # Starting and updating are over at once.
  [ "$command" = create ] || end_with_us=
  eval "$end_with_us \"\$runtime\" \"\$@\" $lease_fd>&-"
}

# give_up WHY: nobody takes the question; what was begun may have no room.
give_up() {
  "$rm" -f "$question.ask" "$question.answer" "$question.lease" "$question.resources"
  fail "NRI: $command refused: $1"
}

# down WHY COMMAND-LINE: no daemon, or none any more. Comes back when it passes with resources that have been read.
down() {
  why=$1
  shift
  eval "pass=\$when_down_$command"
  [ "$pass" != refuse ] || give_up "$why"
  [ -z "$new_resources" ] || return 0
  [ -z "$lease_fd" ] || eval "exec $lease_fd>&-"
  exec "$runtime" "$@"
}

# --- Asking ---------------------------------------------------------------------------------------------------------

# Whether the daemon lives: its process is the one that wrote daemon.pid, by the time of its start, and has not ended (Z).
alive() {
  [ -p "$folder/door" ] && [ -r "$folder/daemon.pid" ] && read -r daemon started <"$folder/daemon.pid" || return 1
  [ -r "/proc/$daemon/stat" ] && read -r stat <"/proc/$daemon/stat" || return 1
  set -- ${stat##*) }
  [ $# -ge 20 ] && [ "$1" != Z ] && shift 19 && [ "$1" = "$started" ]
}
waited=0
until alive; do
  [ "$waited" -lt "$wait" ] || down "no daemon answers in $folder: does nri serve run?" "$@"
  "$sleep" 1
  waited=$((waited + 1))
done

# Left by a killed wrapper that had our number.
[ ! -e "$question.ask" ] && [ ! -e "$question.answer" ] && [ ! -e "$question.lease" ] || "$rm" -f "$question.ask" "$question.answer" "$question.lease" "$question.resources"

payload=
case $command in
  create) payload=$config ;;
  update)
    payload=$resources
    case $resources in
      -?*) payload=./$resources ;;
    esac
    if [ "$resources" = - ]; then
      payload=$question.resources
      "$head" -c $((bytes + 1)) >"$payload" || give_up "the resources cannot be kept in $folder"
      new_resources=$payload
    fi
    [ -f "$payload" ] && [ -r "$payload" ] || exec "$runtime" "$@" ;;
esac

# Who keeps bundles himself may use one twice: what another call has put there is not to be adjusted again.
others_spec() {
  [ "$engine$command" = ocicreate ] && [ -e "$config.before-nri" ]
}
own_spec() {
  while others_spec; do
    [ "$waited" -lt "$wait" ] ||
      give_up "$config.before-nri is there: another call uses this bundle, or was killed; then move it back"
    "$sleep" 1
    waited=$((waited + 1))
  done
}
until
  own_spec
  {
    printf '1\0%s\0%s\0%s\0%s\0%s\0' "$engine" "$command" "$root" "$bundle" "$id"
    [ -z "$payload" ] || "$head" -c $((bytes + 1)) "$payload"
  } >"$question.ask" || give_up "the question cannot be written in $folder"
  ! others_spec
do :; done
"$mkfifo" -m 600 "$question.answer" "$question.lease" || give_up "no FIFO can be made in $folder"
# Opened to read and write, a FIFO never blocks. Of the answer we stay a reader only: it ends when the daemon dies. The lease comes
# first: a daemon that looks around finds nobody at the answer, or both.
eval "exec $lease_fd<>\"\$question.lease\" $both_fd<>\"\$question.answer\" $answer_fd<\"\$question.answer\" $both_fd>&-"

# The door's pipe holds ten thousand numbers: this does not wait. head does, until the daemon has opened the other end.
echo $$ 1<>"$folder/door"
answer=$(eval "exec \"\$timeout\" \"\$answer_wait\" \"\$head\" -n 1 /proc/self/fd/$answer_fd $lease_fd>&-")
eval "exec $answer_fd<&-"

# --- Doing what the answer says -------------------------------------------------------------------------------------

# A file that is complete, with the old one's mode and owner, takes its place at once; the old one stays beside it. Where that comes
# back after each call, one call at a time has it there.
replace_config() {
  force=-f
  [ "$engine" != oci ] || force=
  until "$ln" $force "$config" "$config.before-nri" 2>/dev/null; do
    others_spec || { "$ln" $force "$config" "$config.before-nri" && break; return 1; }
    own_spec
  done
  "$cp" -p "$config" "$config.nri" && "$cat" "$question.payload" >"$config.nri" && "$mv" -f "$config.nri" "$config" && return
  "$rm" -f "$config.nri" "$config.before-nri"
  return 1
}

replaced=
tab='	'
case $answer in
  "pass${tab}end")
    if [ -z "$new_resources" ]; then
      eval "exec $lease_fd>&-"
      exec "$runtime" "$@"
    fi ;;
  "follow${tab}end") ;;
  "replace${tab}end")
    case $command in
      create)
        replace_config || fail "NRI: create refused: the adjusted spec cannot be put beside its config.json"
        replaced=yes ;;
      update) new_resources=$question.payload ;;
    esac ;;
  "refuse$tab"*"${tab}end")
    answer=${answer#*"$tab"}
    text=${answer%%"$tab"*}
    answer=${answer#*"$tab"}
    quoted=${answer%%"$tab"*}
    answer=${answer#*"$tab"}
    fail "$text" "$quoted" "${answer%%"$tab"*}" ;;
  '')
    "$rm" -f "$question.ask" "$question.answer" "$question.lease"
    down "the daemon went away before it answered, or did not in $answer_wait s" "$@" ;;
  *) fail "NRI: $command refused: the daemon is of another version: write the wrapper again with nri oci install" ;;
esac

call "$@"
code=$?
pid=0
if [ "$code" = 0 ]; then
  [ -z "$pid_file" ] || read -r pid <"$pid_file" || :
  case $pid in
    '' | *[!0-9]*) pid=0 ;;
  esac
fi
# The bundle is its owner's again: after a failure for the engine's next try, else for who keeps bundles himself.
if [ -n "$replaced" ] && { [ "$code" != 0 ] || [ "$engine" = oci ]; }; then
  "$mv" -f "$config.before-nri" "$config"
fi
eval "echo \"done $code $pid\" >&$lease_fd"
finish "$code"
