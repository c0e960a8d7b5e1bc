# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# TAP for tests in bash: source it first, call t_done last. Descriptions are sentences of behaviour.
#
#	. "$(dirname "$0")/../lib/tap.sh"
#	need_module xchar
#	t_ok "what is written can be read" test "$(…)" = hello
#	t_done

T_COUNT=0
T_FAILED=0

t_report()
{
	T_COUNT=$((T_COUNT + 1))
	[ "$1" = ok ] || T_FAILED=$((T_FAILED + 1))
	printf '%s %d - %s\n' "$1" "$T_COUNT" "$2"
}

# t_diag TEXT...: explains; every line becomes a comment. t_note is the same for plain remarks.
t_diag()
{
	local line

	while IFS= read -r line; do
		printf '# %s\n' "$line"
	done <<<"$*"
}

t_note()
{
	t_diag "$@"
}

# t_ok DESC COMMAND...: COMMAND succeeds. Its output is shown only when it does not.
t_ok()
{
	local desc=$1 output status=0
	shift

	output=$("$@" 2>&1) || status=$?
	if [ "$status" = 0 ]; then
		t_report ok "$desc"
		return 0
	fi
	t_report "not ok" "$desc"
	t_diag "exit status $status of: $*"
	[ -z "$output" ] || t_diag "$output"
	return 1
}

# t_fails DESC COMMAND...: COMMAND does not succeed (and is not killed by a signal).
t_fails()
{
	local desc=$1 output status=0
	shift

	output=$("$@" 2>&1) || status=$?
	if [ "$status" -gt 0 ] && [ "$status" -lt 126 ]; then
		t_report ok "$desc"
		return 0
	fi
	t_report "not ok" "$desc"
	t_diag "exit status $status, wanted a failure of: $*"
	[ -z "$output" ] || t_diag "$output"
	return 1
}

# t_is DESC GOT WANT: equal as text.
t_is()
{
	if [ "$2" = "$3" ]; then
		t_report ok "$1"
		return 0
	fi
	t_report "not ok" "$1"
	t_diag "got:    $2"
	t_diag "wanted: $3"
	return 1
}

# t_match DESC TEXT REGEX: TEXT contains the extended regular expression.
t_match()
{
	if [[ $2 =~ $3 ]]; then
		t_report ok "$1"
		return 0
	fi
	t_report "not ok" "$1"
	t_diag "got:    $2"
	t_diag "wanted: /$3/"
	return 1
}

# t_skip DESC WHY: counted by name as skipped.
t_skip()
{
	t_report ok "$1 # SKIP $2"
}

# t_bail WHY: nothing after this can work: a failure, and the end.
t_bail()
{
	t_report "not ok" "$1"
	t_done
}

# t_done: prints the plan and exits, with 1 when something failed or nothing ran.
t_done()
{
	printf '1..%d\n' "$T_COUNT"
	[ "$T_FAILED" = 0 ] && [ "$T_COUNT" -gt 0 ]
	exit
}

# wait_for SECONDS COMMAND...: polls until COMMAND succeeds; fails when time is up.
wait_for()
{
	local deadline=$((SECONDS + $1 * ${XDRV_PATIENCE:-1} + 1)) late
	shift

	# Everything may stand still while it looks: then it looks once more.
	while late=$((SECONDS >= deadline)) && ! "$@" >/dev/null 2>&1; do
		[ "$late" = 0 ] || return 1
		sleep 0.1
	done
}

# patience SECONDS: a time limit: longer on a busy machine and on a slow kernel.
patience()
{
	echo $(($1 * ${XDRV_PATIENCE:-1}))
}

# rounds NUMBER: how often to repeat what could go wrong: less where a slow kernel runs everything.
rounds()
{
	local number=$(($1 * ${XDRV_PERCENT:-100} / 100))

	echo $((number > 0 ? number : 1))
}

# need_module NAME [PARAMETER=VALUE...]: loads it; the test ends with a failure when that fails.
need_module()
{
	local output

	output=$(modprobe "$@" 2>&1) && return
	t_diag "$output"
	t_diag "$(dmesg | tail -n 15)"
	t_bail "modprobe $*"
}

# settle: waits until udev is done with every event; the test ends with a failure, and with what udev is
# doing, when that takes too long.
settle()
{
	udevadm settle "--timeout=$((20 * ${XDRV_PATIENCE:-1}))" && return
	t_diag "$(python3 -c '
from processes import describe, family_of
print(*map(describe, family_of("udevd")), sep="\n")')"
	t_bail "udev is done with every event"
}

# drop_module NAME: unloads it. udev looks at a disk that is new or was written to, and a disk that is
# open keeps its module: that is waited for.
drop_module()
{
	rmmod "$1" 2>/dev/null || wait_for 5 settled_rmmod "$1" || rmmod "$1"
}

settled_rmmod()
{
	settle
	rmmod "$1" 2>/dev/null
}

# kmsg_mark: remembers this place in the kernel log; kmsg_since prints what came after it.
kmsg_mark()
{
	T_KMSG_MARK="xdrv-mark $$-$RANDOM$RANDOM"
	printf '<7>%s\n' "$T_KMSG_MARK" >/dev/kmsg
}

kmsg_since()
{
	dmesg --notime | sed "1,/$T_KMSG_MARK/d"
}

# host_cmd REQUEST...: asks the host, prints its answer; fails when the host could not do it.
#	host_cmd link net0 off			the cable of -netdev net0 (nic0) is pulled
#	host_cmd device_del nic1		waits until the guest let go of the device
#	host_cmd device_add '{"driver": "rtl8139", "id": "nic1", "netdev": "net1", …}'
#	host_cmd qmp '{"execute": "query-pci"}'
host_cmd()
{
	local answer

	{
		flock 9
		printf '#host %s\n' "$*" >&8
		IFS= read -r -t $((30 * ${XDRV_PATIENCE:-1})) answer <&8 || answer="error the host does not answer"
	} 9>/run/lock/host_cmd 8<>/dev/xdrv-host
	answer=${answer#\#answer }
	case $answer in
	ok) ;;
	ok\ *) printf '%s\n' "${answer#ok }" ;;
	*)
		printf 'host_cmd %s: %s\n' "$*" "${answer#error }" >&2
		return 1
		;;
	esac
}

# xnet_interfaces: names of the interfaces that xnet drives, in PCI order.
xnet_interfaces()
{
	local device

	for device in /sys/bus/pci/drivers/xnet/0000:*/net/*; do
		[ ! -d "$device" ] || printf '%s\n' "${device##*/}"
	done
}

# net_up: the first two xnet interfaces into the namespaces a (10.9.0.1) and b (10.9.0.2), up and with
# a link; their names are then in $NET_A and $NET_B. net_down puts them back.
net_up()
{
	local names

	mapfile -t names < <(xnet_interfaces)
	NET_A=${names[0]:-} NET_B=${names[1]:-}
	[ -n "$NET_B" ] || t_bail "two interfaces are driven by xnet (found: ${names[*]:-none})"
	net_namespace a "$NET_A" 10.9.0.1
	net_namespace b "$NET_B" 10.9.0.2
	wait_for 10 net_has_link a "$NET_A" || t_bail "$NET_A gets a link"
	wait_for 10 net_has_link b "$NET_B" || t_bail "$NET_B gets a link"
}

net_namespace()
{
	ip netns add "$1"
	ip link set "$2" netns "$1"
	ip -n "$1" link set lo up
	ip -n "$1" addr add "$3/24" dev "$2"
	ip -n "$1" addr add "fd09::${3##*.}/64" dev "$2" nodad
	ip -n "$1" link set "$2" up
}

net_has_link()
{
	ip -n "$1" link show dev "$2" | grep -q LOWER_UP
}

net_down()
{
	local name

	for name in a b; do
		ip netns pids "$name" 2>/dev/null | xargs -r kill 2>/dev/null
		ip netns del "$name" 2>/dev/null
	done
	# A namespace hands its devices back when its last user is gone: soon, not at once.
	wait_for 10 net_is_back "$NET_A" && wait_for 10 net_is_back "$NET_B"
}

net_is_back()
{
	[ -e "/sys/class/net/$1" ]
}
