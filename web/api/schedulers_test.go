package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"dropcut/pipeline"
)

// on is one clip on one channel: what only one scheduler may hold.
type on struct{ channel, clip string }

// What a scheduler does to what it holds.
type deed int

const (
	takes deed = iota // it is handed out
	keeps             // reported as scheduled or posted
	frees             // released, or failed
	found             // what the catalogue says in the end: claim, or "" where it is free
)

// did is one deed. open: nobody knows whether it was done.
type did struct {
	on
	deed  deed
	claim string
	open  bool
}

// oneHolder says that a clip on a channel is in one claim's hands, or free.
var oneHolder = porcupine.Model{
	Partition: func(all []porcupine.Operation) (out [][]porcupine.Operation) {
		parts := map[on]int{}
		for _, o := range all {
			n, known := parts[o.Input.(did).on]
			if !known {
				n = len(out)
				parts[o.Input.(did).on] = n
				out = append(out, nil)
			}
			out[n] = append(out[n], o)
		}
		return out
	},
	Init: func() any { return "" },
	Step: func(state, input, _ any) (bool, any) {
		d, holder := input.(did), state.(string)
		switch {
		case d.deed == takes:
			return holder == "", d.claim
		case d.deed == found:
			return holder == d.claim, holder
		case holder != d.claim:
			return d.open, holder
		case d.deed == frees:
			return true, ""
		}
		return true, holder
	},
}

// scheduler claims for one creator's channels, with a token of its own. Its
// answers are lost, it grows impatient, and sometimes it forgets what it asked.
type scheduler struct {
	*served
	*rand.Rand
	n        int
	token    string
	holder   string // the token's ID
	channels []string
	client   *http.Client
	began    time.Time

	done      []porcupine.Operation
	forgot    map[string]int64 // by channel: since when claims may be there that it never heard of
	pause     time.Duration    // between claims, on average
	keys      int
	calls     int
	claims    int
	lost      int
	latencies []time.Duration // of claims that were answered
	wrong     []string
}

// sure calls until it is answered, always with the same key; ok is false where
// it gave up.
func (s *scheduler) sure(path string, body any) (a answer, from, to int64, ok bool) {
	key := fmt.Sprintf("k%d-%d", s.n, s.keys)
	s.keys++
	s.calls++
	from = int64(time.Since(s.began))
	for tries := 0; ; tries++ {
		ctx, cancel := context.WithTimeout(context.Background(), s.patience())
		begun := time.Now()
		a, err := s.call(ctx, s.client, s.token, "POST", path, key, body)
		cancel()
		switch took := time.Since(begun); {
		case err != nil || a.status == http.StatusServiceUnavailable:
		case a.status >= http.StatusInternalServerError:
			s.wrong = append(s.wrong, fmt.Sprintf("%s: %d %s", path, a.status, a.body))
		default:
			if path == "/v1/claims" {
				s.latencies = append(s.latencies, took)
			}
			if s.IntN(25) > 0 {
				return a, from, int64(time.Since(s.began)), true
			}
		}
		s.lost++
		if s.IntN(20) == 0 {
			return a, from, 0, false
		}
		time.Sleep(time.Duration(s.IntN(50)) * time.Millisecond)
	}
}

// patience is how long it waits for an answer: mostly long enough.
func (s *scheduler) patience() time.Duration {
	if s.IntN(15) == 0 {
		return time.Duration(1+s.IntN(40)) * time.Millisecond
	}
	return 20 * time.Second
}

// work claims until nothing is left on its channels, or stop is closed.
func (s *scheduler) work(stop <-chan struct{}) {
	for dry := 0; dry < len(s.channels); {
		select {
		case <-stop:
			return
		case <-time.After(time.Duration(s.Float64() * 2 * float64(s.pause))):
		}
		channel := s.channels[(s.n+dry)%len(s.channels)]
		if s.claimOn(channel) {
			dry = 0
		} else {
			dry++
		}
	}
}

// claimOn claims up to five and reports on each; false where there was nothing.
func (s *scheduler) claimOn(channel string) bool {
	forgets := s.IntN(40) == 0
	body := map[string]any{"channel": channel, "max": 1 + s.IntN(5)}
	if forgets {
		body["hold_ms"] = 1000
	}
	a, from, to, ok := s.sure("/v1/claims", body)
	if !ok {
		if s.forgot[channel] == 0 {
			s.forgot[channel] = cmp.Or(from, 1)
		}
		return true
	}
	var c claimed
	switch a.status {
	case http.StatusOK:
	case http.StatusNoContent:
		return false
	default:
		s.wrong = append(s.wrong, fmt.Sprintf("claim on %s: %d %s", channel, a.status, a.body))
		return false
	}
	if err := json.Unmarshal([]byte(a.body), &c); err != nil || len(c.Claims) == 0 {
		s.wrong = append(s.wrong, fmt.Sprintf("claim on %s: %v: %s", channel, err, a.body))
	}
	for _, one := range c.Claims {
		s.claims++
		s.tell(did{on: on{channel, one.Clip}, deed: takes, claim: one.ID}, from, to)
	}
	if !forgets {
		for _, one := range c.Claims {
			s.report(did{on: on{channel, one.Clip}, claim: one.ID})
		}
	}
	return true
}

// never is when what nobody knows of is done at the latest.
const never = int64(1) << 60

func (s *scheduler) tell(d did, from, to int64) {
	s.done = append(s.done, porcupine.Operation{ClientId: s.n, Input: d, Call: from, Return: to})
}

// report says what became of a claim: most are posted, a fifth comes back.
func (s *scheduler) report(d did) {
	d.deed = keeps
	switch n := s.IntN(20); {
	case n < 2:
		d.deed = frees
		s.say(d, "released", nil)
	case n < 4:
		d.deed = frees
		s.say(d, "failed", map[string]any{"code": "busy", "retryable": n < 3})
	case n < 9:
		s.say(d, "scheduled", map[string]any{"at": time.Now().Add(time.Hour)})
		s.say(d, "posted", map[string]any{"external_id": d.claim})
	default:
		s.say(d, "posted", map[string]any{"external_id": d.claim})
	}
}

func (s *scheduler) say(d did, what string, body any) {
	a, from, to, ok := s.sure("/v1/claims/"+d.claim+"/"+what, body)
	if !ok {
		d.open = true
		s.tell(d, from, never)
		return
	}
	if a.status != http.StatusOK {
		s.wrong = append(s.wrong, fmt.Sprintf("%s of %s: %d %s", what, d.claim, a.status, a.body))
	}
	s.tell(d, from, to)
}

// killing kills the API again and again while schedulers work, and starts it over
// the same catalogue.
func (s *served) killing(t *testing.T, r *rand.Rand, kills int, apart time.Duration, stop <-chan struct{}) (done int) {
	for range kills {
		select {
		case <-time.After(apart/2 + time.Duration(r.Int64N(int64(apart)))):
		case <-stop:
			return done
		}
		if err := s.kill(); err != nil {
			t.Error(err)
		}
		if err := s.start(); err != nil {
			t.Error(err)
			return done
		}
		done++
	}
	return done
}

// together has all of them work until nothing is left or so long has passed, and
// says how often the API was killed and how long it took.
func together(t *testing.T, s *served, r *rand.Rand, all []*scheduler, l load, most time.Duration) (killed int, took time.Duration) {
	t.Helper()
	var work, kill sync.WaitGroup
	over, stop := make(chan struct{}), make(chan struct{})
	kill.Go(func() { killed = s.killing(t, r, l.kills, l.apart, over) })
	began := time.Now()
	for _, one := range all {
		work.Go(func() { one.work(stop) })
	}
	enough := time.AfterFunc(most, func() { close(stop) })
	work.Wait()
	enough.Stop()
	took = time.Since(began)
	close(over)
	kill.Wait()
	return killed, took
}

// paced has all of them claim once a second for a while, undisturbed, and says
// how fast that was.
func paced(t *testing.T, s *served, r *rand.Rand, all []*scheduler) {
	t.Helper()
	for _, one := range all {
		one.pause = time.Second
	}
	_, took := together(t, s, r, all, load{}, 30*time.Second)
	t.Log("each claims once a second: " + figuresOf(all, took))
	for _, one := range all {
		one.pause, one.calls, one.claims, one.latencies = 0, 0, 0, nil
	}
}

// schedulers makes so many, spread over creators.
func (s *stock) schedulers(served *served, r *rand.Rand, many int) (out []*scheduler) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: many}}
	began := time.Now()
	for n := range many {
		c := n % len(s.creators)
		out = append(out, &scheduler{served: served, Rand: rand.New(rand.NewPCG(r.Uint64(), uint64(n))), n: n, token: s.tokens[n].text, holder: s.tokens[n].id,
			channels: s.channels[s.creators[c]], client: client, began: began, forgot: map[string]int64{}})
	}
	return out
}

// key is a token of a scheduler.
type key struct{ id, text string }

// newKey makes a scheduler's token.
func newKey(creator string) (k key, t pipeline.Token, hash string) {
	text, hash := NewToken()
	t = pipeline.Token{ID: pipeline.Mint(pipeline.TokenID), Name: "scheduler", Creator: creator, Scopes: []pipeline.Scope{pipeline.ScopeScheduler}}
	return key{t.ID, text}, t, hash
}
