//! Packs and indices written by hand, so that they may say what git never would.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use portcullis::model::Oid;

/// A pack under construction, and its index.
#[derive(Debug, Clone)]
pub struct Crafted {
    pub pack: Vec<u8>,
    pub objects: Vec<Placed>,
}

/// An object in the index.
#[derive(Debug, Clone)]
pub struct Placed {
    pub oid: Oid,
    pub offset: u64,
    /// What the index says of the bytes; none: the truth.
    pub crc: Option<u32>,
}

/// An id of nothing in particular.
pub fn oid(number: u32) -> Oid {
    let mut bytes = [7; 20];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    Oid::from_bytes(&bytes).unwrap()
}

/// Type and size as entries begin with them.
pub fn head(kind: u8, size: u64) -> Vec<u8> {
    let mut bytes = vec![kind << 4 | (size & 15) as u8];
    let mut rest = size >> 4;
    while rest > 0 {
        *bytes.last_mut().unwrap() |= 0x80;
        bytes.push((rest & 0x7f) as u8);
        rest >>= 7;
    }
    bytes
}

pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A size as deltas begin with two of them.
pub fn size(mut size: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let more = size >> 7 > 0;
        bytes.push((size & 0x7f) as u8 | if more { 0x80 } else { 0 });
        size >>= 7;
        if !more {
            return bytes;
        }
    }
}

/// The way back to a base, as entries write it.
pub fn back(mut distance: u64) -> Vec<u8> {
    let mut bytes = vec![(distance & 0x7f) as u8];
    distance >>= 7;
    while distance > 0 {
        distance -= 1;
        bytes.insert(0, 0x80 | (distance & 0x7f) as u8);
        distance >>= 7;
    }
    bytes
}

impl Crafted {
    /// A pack with one good blob, whose number is 0.
    pub fn new() -> Crafted {
        let mut crafted = Crafted { pack: b"PACK\0\0\0\x02\0\0\0\0".to_vec(), objects: Vec::new() };
        crafted.blob(0, b"good");
        crafted
    }

    /// Adds an entry of these bytes; returns where it begins.
    pub fn raw(&mut self, number: u32, parts: &[&[u8]]) -> u64 {
        let offset = self.pack.len() as u64;
        self.pack.extend(parts.concat());
        self.objects.push(Placed { oid: oid(number), offset, crc: None });
        offset
    }

    /// Adds a blob; returns where it begins.
    pub fn blob(&mut self, number: u32, bytes: &[u8]) -> u64 {
        self.raw(number, &[&head(3, bytes.len() as u64), &deflated(bytes)])
    }

    /// Adds a delta against the entry at `base`.
    pub fn near(&mut self, number: u32, base: u64, delta: &[u8]) -> u64 {
        let distance = self.pack.len() as u64 - base;
        self.raw(number, &[&head(6, delta.len() as u64), &back(distance), &deflated(delta)])
    }

    /// Adds a delta against the object with this number.
    pub fn named(&mut self, number: u32, base: u32, delta: &[u8]) -> u64 {
        let name = oid(base);
        self.raw(number, &[&head(7, delta.len() as u64), name.as_bytes(), &deflated(delta)])
    }

    /// The index, which tells the truth unless it was told not to.
    pub fn index(&self) -> Vec<u8> {
        let mut objects = self.objects.clone();
        objects.sort_by_key(|object| object.oid);
        let mut index = b"\xfftOc\0\0\0\x02".to_vec();
        for byte in 0..=255u8 {
            let count = objects.iter().filter(|object| object.oid.as_bytes()[0] <= byte).count() as u32;
            index.extend(count.to_be_bytes());
        }
        objects.iter().for_each(|object| index.extend(object.oid.as_bytes()));
        let mut ends: Vec<u64> = objects.iter().map(|object| object.offset).collect();
        ends.sort_unstable();
        for object in &objects {
            let end = ends.iter().copied().find(|end| *end > object.offset).unwrap_or(self.pack.len() as u64);
            let entry = self.pack.get(object.offset as usize..end as usize).unwrap_or_default();
            index.extend(object.crc.unwrap_or_else(|| crc32fast::hash(entry)).to_be_bytes());
        }
        objects.iter().for_each(|object| index.extend((object.offset as u32).to_be_bytes()));
        index.extend([9; 20]);
        index.extend([0; 20]);
        index
    }

    /// Writes both below an object directory.
    pub fn write(&self, objects: &Path) {
        write(objects, &[&self.pack[..], &[9; 20]].concat(), &self.index());
    }
}

/// Writes a pack and an index of these bytes below an object directory.
pub fn write(objects: &Path, pack: &[u8], index: &[u8]) {
    let dir = objects.join("pack");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("pack-1.pack"), pack).unwrap();
    std::fs::write(dir.join("pack-1.idx"), index).unwrap();
}
