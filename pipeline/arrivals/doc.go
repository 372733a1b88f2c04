// Package arrivals notices recordings in a source bucket and takes them in once
// they are whole. A listing is the truth; notifications only ring earlier.
package arrivals
