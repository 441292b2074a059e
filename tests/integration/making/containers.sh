#!/bin/sh
# Makes archives and images of the same few files with the programs that people make them with: containers.sh FOLDER.
# Runs in a Debian root that has the programs. FOLDER/clear holds all of them each, FOLDER/locked too but with a password,
# FOLDER/some one or a few, FOLDER/text none that can be told from text, FOLDER/held what has no reader here.
# FOLDER/files are the files themselves, FOLDER/alone others that are in FOLDER/some.
# Not here: what the examination of each must be (test_clean_containers.py).
set -eu

out=$1
password=Sesame7
clear=$out/clear locked=$out/locked held=$out/held some=$out/some text=$out/text
mkdir -p "$clear" "$locked" "$held" "$some" "$text" "$out/alone" "$out/files/folder/empty folder"

cd "$out/files"
seq -f "%.0f boats lay in the harbour, and nobody counted them." 1 400 >letter.txt
seq -s, 1 3000 >folder/numbers.csv
seq -f "zweite Zeile %.0f, äöü" 1 50 >"folder/Übersicht für März.txt"
echo "a name that is longer than any header of an old archive has room for" >"folder/$(printf 'long%.0s' $(seq 40)).txt"
: >empty.txt
ln -s letter.txt link.txt
ln letter.txt hard.txt
files="letter.txt folder empty.txt link.txt hard.txt"
plain="letter.txt folder/numbers.csv"

# Info-ZIP
zip -qr "$clear/deflate.zip" $files
zip -qr -0 "$clear/store.zip" $files
zip -qr -Z bzip2 "$clear/bzip2.zip" $files
zip -qr -fz "$clear/zip64.zip" $files
zip -qr -y "$clear/symlinks.zip" $files
zip -qrD "$clear/no-folders.zip" $files
zip -qr -X "$clear/no-extra.zip" $files
zip -qr -fd - $files >"$clear/stream.zip"
cat letter.txt | zip -q "$some/pipe.zip" -
(echo "made on a Monday" && echo .) | zip -qrz "$clear/comment.zip" $files
(echo "one"; echo "two") | zip -qc "$some/comments.zip" $plain
(echo "#!/bin/sh"; echo "exit 0"; cat "$clear/deflate.zip") >"$clear/behind.zip" && zip -qA "$clear/behind.zip"
echo two >two.txt && zip -qr "$clear/deleted.zip" two.txt $files && zip -qd "$clear/deleted.zip" two.txt && rm two.txt
cp "$clear/deflate.zip" "$clear/grown.zip" && echo one >one.txt && zip -qg "$clear/grown.zip" one.txt && rm one.txt
zip -qr -P $password "$locked/traditional.zip" $files
zip -qr -0 -P $password "$locked/traditional-store.zip" $files
zip -qr -fd -P $password - $files >"$locked/traditional-stream.zip"
seq 1 40000 | sort -R --random-source=/bin/sh >noise.txt
zip -q -s 64k "$held/split.zip" noise.txt && rm noise.txt

# 7-Zip
for method in LZMA LZMA2 PPMd BZip2 Deflate Copy; do
    7zz a -bd -bso0 -m0=$method "$clear/$method.7z" $files
    7zz a -bd -bso0 -ms=off -m0=$method "$clear/$method-each.7z" $files
done
for filter in BCJ BCJ2 Delta:4; do
    7zz a -bd -bso0 -m0=$filter -m1=LZMA "$clear/$(echo $filter | tr : -).7z" $files
done
for filter in ARM ARM64 PPC IA64 SPARC; do
    7zz a -bd -bso0 -m0=$filter -m1=LZMA "$held/$filter.7z" $files
done
7zz a -bd -bso0 -mhc=off "$clear/plain-header.7z" $files
7zz a -bd -bso0 -m0=Deflate64 "$held/Deflate64.7z" $files
7zz a -bd -bso0 -p$password "$held/sealed.7z" $files
7zz a -bd -bso0 -p$password -mhe "$held/sealed-names.7z" $files
for method in Deflate BZip2 LZMA XZ PPMd Copy; do
    7zz a -bd -bso0 -tzip -mm=$method "$clear/$method.zip" $files
done
7zz a -bd -bso0 -tzip -mm=Deflate64 "$held/Deflate64.zip" $files
7zz a -bd -bso0 -tzip -mcu "$clear/utf8.zip" $files
7zz a -bd -bso0 -tzip -mem=AES256 -p$password "$locked/aes256.zip" $files
7zz a -bd -bso0 -tzip -mem=AES128 -p$password "$locked/aes128.zip" $files
7zz a -bd -bso0 -tzip -mem=ZipCrypto -p$password "$locked/zipcrypto.zip" $files
7zz a -bd -bso0 -ttar "$clear/7zip.tar" $files
7zz a -bd -bso0 -ttar -mm=pax "$clear/7zip-pax.tar" $files
7zz a -bd -bso0 -twim "$held/7zip.wim" $files
for type in gzip bzip2 xz; do
    7zz a -bd -bso0 -t$type "$some/7zip.txt.$type" letter.txt
done

# GNU tar, and what compresses it
for format in oldgnu gnu pax; do
    tar --format=$format -cf "$clear/$format.tar" $files
done
for format in v7 ustar; do
    tar --format=$format -cf "$some/$format.tar" --exclude="long*" $files
done
cp letter.txt sparse.bin && truncate -s 300K sparse.bin && echo end >>sparse.bin
for version in 0.0 0.1 1.0; do
    tar --format=pax --sparse --sparse-version=$version -cf "$some/sparse-$version.tar" sparse.bin
done
tar --format=gnu --sparse -cf "$some/sparse-gnu.tar" sparse.bin
mv sparse.bin "$out/alone"
tar --format=gnu --listed-incremental=/tmp/snapshot -cf "$clear/incremental.tar" $files
tar --format=gnu --label="a volume" -cf "$clear/label.tar" $files
tar --format=gnu -b 1 -cf "$clear/blocks.tar" $files
tar --format=pax --xattrs --acls -cf "$clear/attributes.tar" $files
tar -czf "$clear/made.tar.gz" $files
tar -cjf "$clear/made.tar.bz2" $files
tar -cJf "$clear/made.tar.xz" $files
tar --zstd -cf "$clear/made.tar.zst" $files
tar --lzma -cf "$clear/made.tar.lzma" $files
tar --lzip -cf "$clear/made.tar.lz" $files
tar -cf - $files | compress >"$clear/made.tar.Z"
tar -cf - $files | lz4 -q >"$clear/made.tar.lz4"
gzip -9 -c letter.txt >"$some/letter.txt.gz"
(gzip -c letter.txt && gzip -c letter.txt) >"$some/twice.txt.gz" && cat letter.txt letter.txt >"$out/alone/twice.txt"
xz -c --check=sha256 letter.txt >"$some/letter.txt.xz"
xz -c --block-size=4096 letter.txt >"$some/blocks.txt.xz"
zstd -q -c --long letter.txt >"$some/letter.txt.zst"
bzip2 -c letter.txt >"$some/letter.txt.bz2"

# bsdtar, cpio and ar
for format in cpio newc odc bin gnutar paxr pax 7zip zip xar iso9660; do
    bsdtar --format=$format -cf "$clear/bsdtar.$format" $files
done
for format in ustar v7tar; do
    bsdtar --format=$format --exclude "long*" -cf "$some/bsdtar.$format" $files
done
for format in shar mtree; do
    bsdtar --format=$format -cf "$text/bsdtar-$format.txt" $plain
done
for option in zip:compression=store zip:zip64 zip:experimental; do
    bsdtar --format=zip --options=$option -cf "$clear/bsdtar-$(echo $option | tr := --).zip" $files
done
bsdtar --format=zip --options=zip:encryption=aes256 --passphrase $password -cf "$locked/bsdtar-aes256.zip" $files
bsdtar --format=zip --options=zip:encryption=zipcrypt --passphrase $password -cf "$locked/bsdtar-zipcrypt.zip" $files
for option in xar:compression=none xar:compression=bzip2 xar:checksum=md5; do
    bsdtar --format=xar --options=$option -cf "$clear/bsdtar-$(echo $option | tr := --).xar" $files
done
for format in newc odc bin crc; do
    find . | cpio --quiet -o -H $format >"$clear/gnu-$format.cpio"
done
ar rc "$some/made.a" letter.txt folder/numbers.csv
ar rc "$some/long.a" letter.txt folder/long*.txt

# Disk images
image() { name=$1; shift; genisoimage -quiet "$@" -o "$clear/$name.iso" . 2>/dev/null; }
image iso9660
image level3 -iso-level 3
image joliet -J -joliet-long
image rock -R
image rational -r
image both -J -R -joliet-long
image udf -udf -R
image udf-joliet -udf -J -joliet-long
image hfs -hfs -R
image apple -apple -R
image deep -R -D
mkzftree . "$out/packed" && genisoimage -quiet -R -z -o "$clear/zisofs.iso" "$out/packed" && rm -r "$out/packed"
mkdir "$out/boot" && cp -r letter.txt empty.txt folder "$out/boot" && head -c 2048 /dev/zero >"$out/boot/boot.bin"
genisoimage -quiet -R -b boot.bin -no-emul-boot -c boot.cat -o "$clear/boot.iso" "$out/boot" 2>/dev/null
rm -r "$out/boot"
xorriso -report_about SORRY -outdev "$clear/xorriso.iso" -map . / 2>/dev/null
xorriso -report_about SORRY -joliet on -outdev "$clear/xorriso-joliet.iso" -map . / 2>/dev/null
xorriso -report_about SORRY -dev "$clear/xorriso.iso" -map letter.txt /again.txt 2>/dev/null && mv "$clear/xorriso.iso" "$clear/sessions.iso"
