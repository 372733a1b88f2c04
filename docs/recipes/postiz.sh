#!/bin/sh
# Takes one ready clip for a channel and schedules it in Postiz, which fetches
# the file itself. dropcut must be reached from there: serve --public https://….
# What was recalled since an earlier run scheduled it is taken out of Postiz
# first: run it from cron, every few minutes.
#
#   DROPCUT_SERVER=https://clips.example DROPCUT_TOKEN=dc_… CHANNEL=main \
#   POSTIZ_URL=https://postiz.example/api POSTIZ_KEY=… POSTIZ_INTEGRATION=… postiz.sh
set -eu
: "${DROPCUT_SERVER:=http://127.0.0.1:8420}" "${DROPCUT_TOKEN:?}" "${CHANNEL:?}" "${POSTIZ_URL:?}" "${POSTIZ_KEY:?}" "${POSTIZ_INTEGRATION:?}"

dropcut() { curl -fsS --retry 5 --retry-all-errors -H "Authorization: Bearer $DROPCUT_TOKEN" -H 'Content-Type: application/json' "$@"; }
postiz() { curl -fsS -H "Authorization: $POSTIZ_KEY" -H 'Content-Type: application/json' "$@"; }

# report CLAIM STATE BODY tells what became of a claim.
report() { dropcut -X POST --data "$3" "$DROPCUT_SERVER/v1/claims/$1/$2" > /dev/null; }

# Only what this recipe scheduled: its drafts are called postiz:….
recalled=$(dropcut "$DROPCUT_SERVER/v1/claims?channel=$CHANNEL&state=scheduled&revoked=true" |
	jq -r '.data[] | select((.draft_id // "") | startswith("postiz:")) | select(.scheduled_at | sub("\\.[0-9]+"; "") | fromdate > now) |
		"\(.id) \(.draft_id | ltrimstr("postiz:") | @uri)"')
echo "$recalled" | while read -r claim draft; do
	[ -n "$claim" ] || continue
	if postiz --path-as-is -X DELETE "$POSTIZ_URL/public/v1/posts/$draft" > /dev/null; then
		echo "$claim was recalled: it is out of Postiz"
		report "$claim" released '{}' || echo "$claim: report it released" >&2
	else
		echo "$claim was recalled: take $draft out of Postiz by hand" >&2
	fi
done

claims=$(dropcut -X POST -H "Idempotency-Key: $(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" --data "$(jq -n --arg c "$CHANNEL" '{channel: $c}')" "$DROPCUT_SERVER/v1/claims")
[ -n "$claims" ] || { echo "nothing to post" >&2; exit 0; }
claim=$(printf %s "$claims" | jq -r '.claims[0].id')

media=$(postiz --data "$(printf %s "$claims" | jq '{url: .claims[0].file.url}')" "$POSTIZ_URL/public/v1/upload-from-url") ||
	{ report "$claim" released '{}'; echo "Postiz did not take the file" >&2; exit 1; }
[ "$(dropcut "$DROPCUT_SERVER/v1/claims/$claim" | jq -r 'if .revoked then "recalled" else .state end')" = claimed ] ||
	{ report "$claim" released '{}'; echo "$claim was recalled meanwhile: it is not scheduled" >&2; exit 1; }
order=$(printf %s "$claims" | jq --argjson media "$media" --arg integration "$POSTIZ_INTEGRATION" '.claims[0] | {
	type: "schedule", date: .post_at, shortLink: false, tags: [],
	posts: [{integration: {id: $integration}, value: [{content: .text.description, image: [{id: $media.id, path: $media.path}]}], settings: {__type: .platform}}]}')
answer=$(curl -sS -w '\n%{http_code}' -H "Authorization: $POSTIZ_KEY" -H 'Content-Type: application/json' --data "$order" "$POSTIZ_URL/public/v1/posts") || answer=lost
status=${answer##*
}
case $status in
2*) ;;
4*) report "$claim" released '{}'; echo "Postiz did not take the post" >&2; exit 1 ;;
*) # The answer was lost, and Postiz may have it: nobody is handed the clip again until you say.
	echo "$claim: look in Postiz, and report it scheduled or released" >&2; exit 1 ;;
esac
post=${answer%
*}
report "$claim" scheduled "$(jq -n --argjson claims "$claims" --argjson post "$post" '{at: $claims.claims[0].post_at, draft_id: "postiz:\($post[0].postId // $post[0].id)"}')"
echo "$claim is scheduled"
