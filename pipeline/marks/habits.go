package marks

import "time"

// Habit is how marks of one source behave.
type Habit struct {
	Rank   int           // among equally sure sources, low first
	Point  float64       // confidence of a point mark
	Ranged float64       // confidence of a range
	Lead   time.Duration // a point's event may lie this long before it …
	Trail  time.Duration // … or this long after it
}

// The habits that sources have.
//
// A hotkey or a button is pressed after the event: up to 15 s (chat guidance is
// 5–15 s). A time typed by a person who looked it up is less late: 10 s. A line
// of show notes may point at where something begins as well as back at it. A
// chapter is not late: what it names follows it. Who edits stops the picture
// where the thing is, or where it begins. What was replayed most is where it is,
// and says only that many looked. Ranges are never late. What
// stands out begins where its sound rises; its confidence here is the most it
// can have. What is planned
// is a guess too: how sure depends on whose clock it is found by.
var (
	typed     = Habit{Rank: 0, Point: 0.95, Ranged: 1.00, Lead: 10 * time.Second}
	written   = Habit{Rank: 1, Point: 0.90, Ranged: 0.95, Lead: 15 * time.Second}
	hotkey    = Habit{Rank: 2, Point: 0.85, Ranged: 0.85, Lead: 15 * time.Second}
	button    = Habit{Rank: 3, Point: 0.85, Ranged: 0.85, Lead: 15 * time.Second}
	edited    = Habit{Rank: 4, Point: 0.85, Ranged: 0.90, Lead: 5 * time.Second, Trail: 10 * time.Second}
	noted     = Habit{Rank: 5, Point: 0.80, Ranged: 0.85, Lead: 10 * time.Second, Trail: 5 * time.Second}
	chaptered = Habit{Rank: 6, Point: 0.75, Ranged: 0.80, Trail: 15 * time.Second}
	replayed  = Habit{Rank: 7, Point: 0.60, Ranged: 0.60}
	guessed   = Habit{Rank: 8, Point: 0.50, Ranged: 0.50, Trail: 6 * time.Second}
	expected  = Habit{Rank: 90, Point: 0.50, Ranged: 0.50}
)
