#!/bin/sh
# Takes one ready clip for a channel, checks its bytes, hands it to a command of
# yours, and reports what became of it. Run it from cron as often as you like:
# no clip is taken twice.
#
#   DROPCUT_SERVER=https://clips.example DROPCUT_TOKEN=dc_… \
#   CHANNEL=main POST_COMMAND=./upload-to-tiktok post.sh
#
# POST_COMMAND is called with the file and a file of text, and prints the post's
# address. Exit 0: it is posted. 75: not now, try again in a quarter of an hour.
# Anything else: the platform refused it for good.
set -eu
: "${DROPCUT_SERVER:=http://127.0.0.1:8420}" "${DROPCUT_TOKEN:?}" "${CHANNEL:?}" "${POST_COMMAND:?}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# call METHOD PATH [BODY] [HEADER]: the answer goes to $work/answer, its status to $status.
call() {
	status=$(curl -sS --retry 5 --retry-all-errors -o "$work/answer" -w '%{http_code}' -X "$1" \
		-H "Authorization: Bearer $DROPCUT_TOKEN" -H 'Content-Type: application/json' ${4:+-H "$4"} ${3:+--data "$3"} "$DROPCUT_SERVER$2")
}

# A key of this run: an answer that is lost on the way is had again, and no second clip with it.
key=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
call POST /v1/claims "$(jq -n --arg channel "$CHANNEL" '{channel: $channel}')" "Idempotency-Key: $key"
case $status in
200) ;;
204) echo "nothing to post: $DROPCUT_SERVER/v1/channels/$CHANNEL/reasons says why" >&2; exit 0 ;;
425) echo "a clip is being made: try again soon" >&2; exit 0 ;;
*) cat "$work/answer" >&2; exit 1 ;;
esac
cp "$work/answer" "$work/answer.claim"
claim=$(jq -r '.claims[0].id' "$work/answer")
url=$(jq -r '.claims[0].file.url' "$work/answer")
digest=$(jq -r '.claims[0].file.digest' "$work/answer")
jq -r '.claims[0].text.description' "$work/answer" > "$work/text"

# give_back tells that it was not posted, so that another run may.
give_back() {
	echo "$1" >&2
	call POST "/v1/claims/$claim/released"
	exit 1
}

curl -fsS --retry 5 -o "$work/clip.mp4" "$url" || give_back "the file could not be fetched"
[ "sha256:$(sha256sum "$work/clip.mp4" | cut -d' ' -f1)" = "$digest" ] || give_back "the file is not what was claimed"

# The time that suits the channel's audience may be some hours away: say so, and wait.
post_at=$(jq -r '.claims[0].post_at' "$work/answer.claim")
wait=$(($(date -d "$post_at" +%s) - $(date +%s)))
if [ "$wait" -gt 5 ]; then
	call POST "/v1/claims/$claim/scheduled" "$(jq -n --arg at "$post_at" '{at: $at}')"
	[ "$status" = 200 ] || give_back "it could not be scheduled"
	sleep "$wait"
fi

# Meanwhile it may have been recalled, or an editor has said what became of it.
call GET "/v1/claims/$claim"
[ "$status" = 200 ] || give_back "it could not be read again"
case $(jq -r 'if .revoked then "recalled" else .state end' "$work/answer") in
claimed | scheduled) ;;
recalled) give_back "it was recalled: it is not posted" ;;
*) give_back "it is $(jq -r .state "$work/answer"): it is not posted" ;;
esac

set +e
address=$("$POST_COMMAND" "$work/clip.mp4" "$work/text")
code=$?
set -e
case $code in
0) call POST "/v1/claims/$claim/posted" "$(jq -n --arg url "$address" '{url: $url}')" ;;
75) call POST "/v1/claims/$claim/failed" "$(jq -n --arg at "$(date -u -d '+15 minutes' +%Y-%m-%dT%H:%M:%SZ)" '{code: "not_now", retryable: true, retry_at: $at}')" ;;
*) call POST "/v1/claims/$claim/failed" "$(jq -n --arg code "exit_$code" '{code: $code, retryable: false}')" ;;
esac
[ "$status" = 200 ] || { cat "$work/answer" >&2; exit 1; }
jq -r '"\(.id) is \(.state) \(.url // "")"' "$work/answer"
