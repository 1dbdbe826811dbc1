# A hash join: customers by name in a hash, then orders of customers drawn at random, popular ones more often.
use strict;
my $state = 12345;
sub draw { $state = ($state * 1103515245 + 12345) % 2147483648; return int($state / 65536) / 32768; }

my $count = 6000;
my %customer;
for my $i (1 .. $count) { $customer{"customer $i"} = {number => $i, orders => 0, note => "note $i " x 30}; }
my %city;
for my $i (1 .. 200000) {
  my $found = $customer{"customer " . (1 + int($count * draw() * draw()))} or next;
  $found->{orders}++;
  push @{$city{$found->{number} % 300}}, $i if $i % 4 == 0;
}
