// Package openai speaks the OpenAI contract, as that company's service and many
// others do, some of them on one's own machine: sound in, words out
// (/audio/transcriptions); lines in, lines of another language out
// (/chat/completions). Nothing is sent anywhere unless an address was
// configured. What comes back is hostile: bounded, checked, and without power
// over where the next request goes.
package openai
