package transcript

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// instant is a time in a JSON document, whatever way it is written: 1.25,
// "1.25", "1.250s" or {"seconds":"1","nanos":250000000}. It is exact: a time
// never passes through a float.
type instant struct {
	at    time.Duration
	known bool
}

// longest is the latest time that is taken for one: ten thousand hours.
const longest = 10_000 * time.Hour

func (t *instant) UnmarshalJSON(b []byte) error {
	*t = instant{}
	switch {
	case len(b) == 0 || string(b) == "null":
		return nil
	case b[0] == '{':
		var parts struct {
			Seconds json.RawMessage `json:"seconds"`
			Nanos   int64           `json:"nanos"`
		}
		if err := json.Unmarshal(b, &parts); err != nil {
			return err
		}
		whole, ok := secondsOf(string(parts.Seconds))
		if ok && parts.Nanos >= 0 && parts.Nanos < int64(time.Second) {
			*t = instant{whole + time.Duration(parts.Nanos), true}
		}
		return nil
	case b[0] != '"' && b[0] != '-' && (b[0] < '0' || b[0] > '9'):
		return fmt.Errorf("%s is not a time", b)
	}
	at, ok := secondsOf(string(b))
	*t = instant{at, ok}
	return nil
}

// secondsOf reads a decimal number of seconds, quoted or not; none is zero.
func secondsOf(text string) (time.Duration, bool) {
	text = strings.TrimSuffix(strings.Trim(text, `" `), "s")
	if text == "" {
		return 0, true
	}
	if len(text) > 40 {
		return 0, false
	}
	if _, power, ok := strings.Cut(strings.ToLower(text), "e"); ok && len(strings.TrimLeft(power, "+-0")) > 2 {
		return 0, false
	}
	if strings.ContainsAny(text, "/_xXpPbBoO") {
		return 0, false
	}
	t := scaled(text, 1, 1)
	return t.at, t.known
}

// millis is a time of so many milliseconds; unknown when it is none.
func millis(n int64) instant {
	if n < 0 || n > longest.Milliseconds() {
		return instant{}
	}
	return instant{time.Duration(n) * time.Millisecond, true}
}

// scaled is a decimal number of units that are up/down seconds each.
func scaled(number string, up, down int64) instant {
	r, ok := new(big.Rat).SetString(number)
	if !ok || down == 0 {
		return instant{}
	}
	r.Mul(r, big.NewRat(up*int64(time.Second), down))
	n := new(big.Int).Quo(r.Num(), r.Denom())
	if !n.IsInt64() || n.Sign() < 0 || n.Int64() > int64(longest) {
		return instant{}
	}
	return instant{time.Duration(n.Int64()), true}
}
