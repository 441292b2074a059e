# Reads mails from standard input, each behind its length (32 bits, big-endian), and writes what MIME-tools makes of each:
# a length and JSON with `leaves` (base64), `names`, `error`. MIME-tools is found by PERL5LIB.
use strict;
use warnings;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use MIME::Parser;

binmode STDIN;
binmode STDOUT;
$SIG{__WARN__} = sub { };
my $json = JSON::PP->new->utf8;

sub leaves {
    my ($entity, $leaves, $names) = @_;
    my $head = $entity->head;
    # Nothing is in an empty file, which only a name begins.
    my $empty = $entity->bodyhandle && !length $entity->bodyhandle->as_string;
    for my $name ($head->recommended_filename, map { $head->mime_attr($_) } qw(content-type.name content-disposition.filename)) {
        push @$names, $name if defined $name && length $name && !$empty;
    }
    if ($entity->bodyhandle) {
        push @$leaves, encode_base64($entity->bodyhandle->as_string, "");
    }
    leaves($_, $leaves, $names) for $entity->parts;
}

sub parsed {
    my ($raw) = @_;
    my (@leaves, @names);
    my $parser = MIME::Parser->new;
    $parser->output_to_core(1);
    $parser->tmp_to_core(1);
    $parser->decode_bodies(1);
    $parser->extract_uuencode(1);
    $parser->extract_nested_messages(1);
    my $done = eval {
        local $SIG{ALRM} = sub { die "too slow\n" };
        alarm 5;
        leaves($parser->parse_data($raw), \@leaves, \@names);
        alarm 0;
        1;
    };
    my $error = $done ? "" : "$@";
    alarm 0;
    # JSON has characters; octets above 127 that are no UTF-8 stay what they are in Latin-1.
    for (@names) { my $text = $_; utf8::decode($text) unless utf8::is_utf8($text); $_ = "$text" }
    return { leaves => \@leaves, names => \@names, error => $error };
}

while (read(STDIN, my $head, 4) == 4) {
    my $left = unpack "N", $head;
    my $raw = "";
    while ($left > 0) {
        my $some = read STDIN, $raw, $left, length $raw;
        exit 1 unless $some;
        $left -= $some;
    }
    my $body = $json->encode(parsed($raw));
    print pack("N", length $body), $body;
    STDOUT->flush;
}
