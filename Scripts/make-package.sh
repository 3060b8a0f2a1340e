#!/bin/bash
# Makes karez_VERSION_ARCHITECTURE.deb out of built programs.
#
# usage: make-package.sh [PROGRAMS [FOLDER]]: the folder the programs were built into (.build/release),
# and where the package goes (.build/package).
#
# The package ships the very programs that were tested, with the Swift runtime beside them: linking it
# statically would make others. Debian has no Swift, so it cannot be a dependency.
#
# COMPRESSION=gzip packs quicker, for trying.
set -euo pipefail
cd "$(dirname "$0")/.."
programs=${1:-.build/release}
out=${2:-.build/package}
say() { printf '%s\n' "deb: $*"; }
for file in "$programs/karez" "$programs/karez-reader" Portal/vendor/ol.js Portal/vendor/htmx.min.js .venv/bin/python; do
  [ -e "$file" ] || { say "$file is missing; make setup build" >&2; exit 1; }
done
for tool in patchelf dpkg-deb dpkg-shlibdeps; do
  command -v "$tool" >/dev/null || { say "$tool is missing; apt-get install patchelf dpkg-dev" >&2; exit 1; }
done
version=$(sed -n 's/.*static let version = "\(.*\)".*/\1/p' Sources/KarezService/Installation.swift)
[ -n "$version" ] || { say "no version in Sources/KarezService/Installation.swift" >&2; exit 1; }
architecture=$(dpkg --print-architecture)
root=$out/root
home=$root/usr/lib/karez
rm -rf "$out"
mkdir -p "$home/swift" "$root"/{DEBIAN,etc/karez,lib/systemd/system,usr/bin,usr/share/man/man1} \
  "$root/usr/share/doc/karez/examples"

# Programs, with their symbols left to whoever builds: a trap still names its function.
for name in karez karez-reader; do
  install -m 0755 "$programs/$name" "$home/$name"
  strip --strip-debug "$home/$name"
done
# The runtime, as far as the two need it; all of it finds the rest beside itself.
ldd "$home/karez" "$home/karez-reader" | sed -n 's/.*=> \(.*\/swift\/linux\/[^ ]*\) .*/\1/p' | sort -u >"$out/runtime"
while read -r library; do install -m 0644 "$library" "$home/swift/"; done <"$out/runtime"
if [ -s "$out/runtime" ]; then
  for name in karez karez-reader; do patchelf --set-rpath '$ORIGIN/swift' "$home/$name"; done
fi
ln -s ../lib/karez/karez "$root/usr/bin/karez"

# Packs, portal and print: what git knows of, and what set-up fetched.
git ls-files -z Packs Portal Print | xargs -0 cp --parents -t "$home"
mkdir -p "$home/Portal/vendor"
(cd Portal/vendor && sha256sum --check --quiet "$OLDPWD/Scripts/browser-files.sha256")
while read -r _ name; do install -m 0644 "Portal/vendor/$name" "$home/Portal/vendor/"; done <Scripts/browser-files.sha256
for outlines in Packs/regions/*/outlines; do
  if [ -d "$outlines" ]; then cp -r --parents "$outlines" "$home"; fi
done
# An environment of Python stands on the machine's own interpreter, wherever it lies.
/usr/bin/python3 -m venv --without-pip "$home/.venv"
python=$(/usr/bin/python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
.venv/bin/python -m pip install -q --disable-pip-version-check --no-compile --only-binary=:all: \
  --target "$home/.venv/lib/python$python/site-packages" -r Print/requirements.txt
rm -rf "$home/.venv/lib/python$python/site-packages/bin" "$home"/.venv/bin/{activate*,Activate.ps1} "$home/.venv/lib64"
sed -i '/^command = /d' "$home/.venv/pyvenv.cfg"
find "$home" -name __pycache__ -prune -exec rm -rf {} +

# What the operator has.
install -m 0755 Operations/systemd/nightly-backup "$home/nightly-backup"
install -m 0644 Operations/systemd/*.service Operations/systemd/*.timer "$root/lib/systemd/system/"
install -m 0644 Operations/systemd/karez.env "$root/etc/karez/karez.env"
install -m 0644 Operations/nginx/karez.conf "$root/usr/share/doc/karez/examples/nginx-karez.conf"
install -m 0644 Operations/prometheus/*.yml "$root/usr/share/doc/karez/examples/"
install -m 0644 docs/operations.md docs/security.md docs/durability.md "$root/usr/share/doc/karez/"
gzip -9nc Operations/debian/karez.1 >"$root/usr/share/man/man1/karez.1.gz"
gzip -9nc CHANGELOG.md >"$root/usr/share/doc/karez/changelog.gz"
Scripts/notices.sh "$home/.venv/lib/python$python/site-packages" >"$root/usr/share/doc/karez/copyright"

# Dependencies as the programs and the runtime name them; the runtime itself is in the package.
mkdir -p "$out/debian"
printf 'Source: karez\n\nPackage: karez\nArchitecture: any\n' >"$out/debian/control"
named=()
for file in "$home/karez" "$home/karez-reader" "$home"/swift/*.so; do named+=("-e${file#"$out/"}"); done
shlibs=$(cd "$out" && dpkg-shlibdeps -O --ignore-missing-info -l"root/usr/lib/karez/swift" \
  -S"$PWD/root" "${named[@]}" 2>"shlibdeps.log" |
  sed 's/^shlibs:Depends=//')
[ -n "$shlibs" ] || { cat "$out/shlibdeps.log" >&2; exit 1; }
next=${python%%.*}.$((${python##*.} + 1))
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SHLIBS@/$shlibs/" \
  -e "s/@SIZE@/$(du -sk "$root" | cut -f1)/" -e "s/@PYTHON@/$python/" -e "s/@PYTHON_NEXT@/$next/" \
  Operations/debian/control.in >"$root/DEBIAN/control"
install -m 0755 Operations/debian/{postinst,prerm,postrm} "$root/DEBIAN/"
install -m 0644 Operations/debian/conffiles "$root/DEBIAN/conffiles"
find "$root" -type d -exec chmod 0755 {} +
chmod -R u+rwX,go+rX,go-w "$root"
(cd "$root" && find . -type f -not -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
package=$out/karez_${version}_$architecture.deb
dpkg-deb --root-owner-group -Z"${COMPRESSION:-xz}" -z2 --build "$root" "$package" >/dev/null
say "$package, $(du -h "$package" | cut -f1), $(wc -l <"$out/runtime") libraries of the Swift runtime"
