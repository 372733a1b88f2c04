// Package webhooks sends what creators are told to their webhooks, and checks
// what others send to ours, both as Standard Webhooks 1.0.0 has it. A message is
// delivered at least once: its webhook-id is the same in every attempt, and
// receivers know by it what they have.
package webhooks
