#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Start one Samza container in a pod that samzak8s wrote. Runs under dash as well as bash, as root or not.
#
#   SAMZA_CONTAINER_ID     which container this is (required)
#   SAMZA_COORDINATOR_URL  where the JobModel is; when unset, SAMZA_JOB_CONFIG holds the JobModel itself
#   SAMZA_LOG_DIR          default /samza/log
#   JAVA_OPTS              options of the JVM, separated by blanks
#
# Samza's scripts exec all the way, and so do we: the JVM is process 1 and gets the TERM signal.
set -eu

die() {
	printf 'entrypoint: %s\n' "$*" >&2
	exit 1
}

cd "${SAMZA_HOME:-/samza}" || die "${SAMZA_HOME:-/samza} is missing"
home=$(pwd)
[ -n "${SAMZA_CONTAINER_ID:-}" ] || die "SAMZA_CONTAINER_ID is not set"
[ -d lib ] || die "$home/lib is missing: add your job's package (bin/ and lib/) to $home"

# Samza makes none of these; state and log are usually volumes.
SAMZA_LOG_DIR=${SAMZA_LOG_DIR:-$home/log}
export SAMZA_LOG_DIR
mkdir -p "$SAMZA_LOG_DIR" state tmp 2>/dev/null || :
[ -w "$SAMZA_LOG_DIR" ] || die "$SAMZA_LOG_DIR is not writable for uid $(id -u)"

if [ -z "${SAMZA_COORDINATOR_URL:-}" ]; then
	[ -n "${SAMZA_JOB_CONFIG:-}" ] || die "neither SAMZA_COORDINATOR_URL nor SAMZA_JOB_CONFIG is set"
	model=
	for dir in "$home" "$home/tmp" "$home/state" "$SAMZA_LOG_DIR"; do
		if [ -w "$dir" ]; then
			model=$dir/job-model.json
			break
		fi
	done
	# printf, not echo: no word splitting, no wildcards, no backslashes. The model may hold passwords.
	(umask 077 && printf '%s' "$SAMZA_JOB_CONFIG" >"$model") || die "cannot write $model"
	SAMZA_COORDINATOR_URL=file://$model
	export SAMZA_COORDINATOR_URL
	unset SAMZA_JOB_CONFIG
fi

# Up to 1.7.0 Samza's scripts ask for an option that Java 9 and later refuse, unless there is a log of the collector.
case ${JAVA_OPTS:-} in
*-Xloggc:* | *PrintGCDateStamps*) ;;
*)
	if ! "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:+PrintGCDateStamps -version >/dev/null 2>&1; then
		JAVA_OPTS="${JAVA_OPTS:-} -Xloggc:$SAMZA_LOG_DIR/gc.log"
		export JAVA_OPTS
	fi
	;;
esac

[ $# -gt 0 ] || set -- bin/run-container.sh
exec "$@"
