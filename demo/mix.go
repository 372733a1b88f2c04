package demo

import (
	"bufio"
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"time"

	"dropcut/pipeline"
)

// curve is a gain over time: straight between its points, in order.
type curve []struct {
	at int64 // sample
	v  float32
}

func (c *curve) point(at time.Duration, v float32) {
	*c = append(*c, struct {
		at int64
		v  float32
	}{samplesAt(at), v})
}

// fader reads a curve forwards.
type fader struct {
	c curve
	i int
}

func (f *fader) at(n int64) float32 {
	for f.i < len(f.c) && f.c[f.i].at <= n {
		f.i++
	}
	switch {
	case len(f.c) == 0:
		return 0
	case f.i == 0:
		return f.c[0].v
	case f.i == len(f.c):
		return f.c[f.i-1].v
	}
	a, b := f.c[f.i-1], f.c[f.i]
	return a.v + (b.v-a.v)*float32(n-a.at)/float32(b.at-a.at)
}

// mixed is the desk: three beds, their faders, the voice.
type mixed struct {
	music, murmur, cheer loop
	musicGain, crowdGain, cheerGain,
	duck, dead fader
	strike loop // at the reveal
}

// desk sets the faders after the script.
func (s show) desk() *mixed {
	m := &mixed{music: music(), murmur: murmur(), cheer: cheer(), strike: strike()}
	at := rate.Duration
	reveal, end := at(s.reveal), at(s.soldOut)
	var c curve
	c.point(0, 0.5)
	c.point(reveal-7*time.Second, 0.5)
	c.point(reveal-5*time.Second, 0.12) // everybody holds their breath
	c.point(reveal-50*time.Millisecond, 0.03)
	c.point(reveal, 0.6)
	m.musicGain.c = c
	c = nil
	c.point(0, 0.3)
	c.point(reveal-30*time.Second, 0.3)
	c.point(reveal-10*time.Second, 0.62)
	c.point(reveal-5*time.Second, 0.34)
	c.point(reveal-50*time.Millisecond, 0.18)
	c.point(reveal, 0.5)
	c.point(end+20*time.Second, 0.5)
	c.point(end+40*time.Second, 0.3)
	m.crowdGain.c = c
	c = nil
	for _, t := range []time.Duration{reveal, end} {
		c.point(t-30*time.Millisecond, 0)
		c.point(t+180*time.Millisecond, 1)
		c.point(t+1800*time.Millisecond, 0.6)
		c.point(t+min(8*time.Second, (end-reveal)*2/3), 0.1)
		c.point(t+min(14*time.Second, (end-reveal)*5/6), 0)
	}
	m.cheerGain.c = c
	m.duck.c, m.dead.c = s.ducking(), s.silence()
	return m
}

// ducking is what the beds keep while somebody speaks.
func (s show) ducking() curve {
	var c curve
	for _, x := range s.sentences {
		from := x.at - 120*time.Millisecond
		if n := len(c); n > 0 && c[n-1].at >= samplesAt(from) {
			c = c[:n-2]
		} else {
			c.point(from, 1)
			c.point(x.at, 0.34)
		}
		c.point(x.end, 0.34)
		c.point(x.end+350*time.Millisecond, 1)
	}
	if c == nil {
		c.point(0, 1)
	}
	return c
}

// silence is dead air: nothing at all, a second faded on either side.
func (s show) silence() curve {
	var c curve
	from, to := rate.Duration(s.still.In), rate.Duration(s.still.Out)
	c.point(from-800*time.Millisecond, 1)
	c.point(from, 0)
	c.point(to, 0)
	c.point(to+800*time.Millisecond, 1)
	return c
}

// strike is a low gong: what the picture does at the reveal, heard.
func strike() loop {
	l := loop{make([]float32, 3*hz), make([]float32, 3*hz)}
	for i, f := range []float64{55, 82.5, 110.4, 220.9, 331.7, 554} {
		l.add(0, 3*hz-1, 0.5, func(t float64) float64 {
			return 0.3 / float64(i+1) * math.Sin(2*math.Pi*f*t) * math.Exp(-(1.2+0.5*float64(i))*t) * min(1, t*400)
		})
	}
	return l
}

// writeSound writes the whole sound as a WAV file.
func (s show) writeSound(ctx context.Context, name string) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return pipeline.Fail(pipeline.Unavailable, "storage", "", "write the demo's sound: %w", err)
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	total := rate.Samples(s.frames, hz)
	w := bufio.NewWriterSize(f, 1<<20)
	_, _ = w.Write(wavHeader(total)) // bufio keeps the first failure until Flush
	m, speech := s.desk(), &spoken{all: s.sentences}
	noise := rand.New(rand.NewPCG(8, 8))
	var b [4]byte
	for n := range total {
		if n%hz == 0 && ctx.Err() != nil {
			return pipeline.Fail(pipeline.Stopped, "stopped", "", "the demo's sound: %w", ctx.Err())
		}
		l, r := m.sample(n, samplesAt(rate.Duration(s.reveal)))
		dead := m.dead.at(n)
		l, r = (l+speech.at(n))*dead, (r+speech.at(n))*dead
		hush := float32(0)
		if dead > 0 {
			hush = noise.Float32() - 0.5
		}
		binary.LittleEndian.PutUint16(b[:], uint16(int16(limit(l)*32000+hush)))
		binary.LittleEndian.PutUint16(b[2:], uint16(int16(limit(r)*32000+hush)))
		_, _ = w.Write(b[:])
	}
	return w.Flush()
}

// sample is the beds at sample n.
func (m *mixed) sample(n, reveal int64) (l, r float32) {
	add := func(x loop, k float32) {
		if k > 0 {
			i := n % int64(len(x.left))
			l += x.left[i] * k
			r += x.right[i] * k
		}
	}
	duck := m.duck.at(n)
	add(m.music, m.musicGain.at(n)*duck)
	add(m.murmur, m.crowdGain.at(n)*(0.4+0.6*duck))
	add(m.cheer, m.cheerGain.at(n)*(0.1+0.9*duck))
	if at := n - reveal; at >= 0 && at < int64(len(m.strike.left)) {
		l += m.strike.left[at]
		r += m.strike.right[at]
	}
	return l, r
}

// spoken is all sentences as one stream.
type spoken struct {
	all []sentence
	i   int
}

func (p *spoken) at(n int64) float32 {
	for p.i < len(p.all) && n >= samplesAt(p.all[p.i].at)+int64(len(p.all[p.i].voice)) {
		p.i++
	}
	if p.i == len(p.all) {
		return 0
	}
	if k := n - samplesAt(p.all[p.i].at); k >= 0 {
		return p.all[p.i].voice[k] * 0.5
	}
	return 0
}

// limit bends what is too loud, and leaves the rest alone.
func limit(v float32) float32 {
	const knee = 0.7
	a := max(v, -v)
	if a <= knee {
		return v
	}
	bent := knee + (1-knee)*float32(math.Tanh(float64((a-knee)/(1-knee))))*0.98
	if v < 0 {
		return -bent
	}
	return bent
}

func wavHeader(samples int64) []byte {
	size := uint32(samples * 4)
	b := []byte("RIFF")
	b = binary.LittleEndian.AppendUint32(b, 36+size)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	for _, v := range []uint16{1, 2} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(b, hz)
	b = binary.LittleEndian.AppendUint32(b, hz*4)
	for _, v := range []uint16{4, 16} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, size)
}
