# Counts words and pairs of neighbouring words, drops rare pairs half-way, and ranks the rest.
{
  for (i = 1; i <= NF; i++) {
    words[$i]++
    if (i > 1) pairs[$(i - 1) " " $i]++
  }
}
NR == 50000 {
  for (pair in pairs) if (pairs[pair] < 2) delete pairs[pair]
}
END {
  for (word in words) if (words[word] > best) { best = words[word]; top = word }
  for (pair in pairs) { split(pair, part, " "); weight[part[1]] += pairs[pair] / words[part[2]] }
  for (word in weight) total += weight[word]
  print top, best, total
}
