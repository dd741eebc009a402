//! Limits of reading, each with its reason.

/// The longest record. CloudTrail's largest event is 1 MB, a CloudWatch Logs event 1 MB.
pub const RECORD_BYTES_MAX: usize = 16 << 20;

/// How much is read at a time when an object is larger than this: bounds memory for each reader
/// while keeping every ordinary CloudTrail object (50 MB at most) in few pieces.
pub const WINDOW_BYTES: usize = 8 << 20;

/// The largest uncompressed size that is unpacked in one go, with the faster library.
pub const WHOLE_BYTES_MAX: usize = 32 << 20;

/// The deepest nesting of a JSON record. CloudTrail's own goes to about 20.
pub const DEPTH_MAX: u32 = 128;

/// The most layers of compression: Firehose compresses what CloudWatch Logs compressed already.
pub const COMPRESSION_LAYERS_MAX: usize = 2;

/// How much is looked at to recognise an object.
pub const SNIFF_BYTES: usize = 64 << 10;

/// How much of a reject is kept, enough to see what it was.
pub const FIRST_BYTES_MAX: usize = 256;

/// How much JSON text is checked and cut at a time: a fault in one record then costs a second look
/// at no more than this.
pub const PIECE_BYTES: usize = 1 << 20;

/// The same behind a fault, doubled from there: where every record is at fault, the second looks
/// would otherwise take a thousand times as long as the first.
pub const PIECE_BYTES_AFTER_FAULT: usize = 4 << 10;

/// The most entities of one record; a batch call can name thousands of instances.
pub const ENTITIES_MAX: usize = 256;

/// The most lines without a record at the start of an object before it is taken for no log.
pub const STRANGE_LINES_MAX: usize = 16;

/// The largest ratio of uncompressed to compressed size, and the size from which it counts.
/// Real logs reach about 60; a bomb 1,000.
pub const RATIO_MAX: u64 = 500;
/// See [`RATIO_MAX`].
pub const RATIO_COUNTS_FROM: u64 = 64 << 20;

/// The most objects of one run: their names take some 200 bytes each.
pub const OBJECTS_MAX: usize = 2 << 20;

/// How far the day in an object's key may lie from the events in it: delivery takes minutes, and
/// an object of midnight holds both days.
pub const LATENESS_DAYS: i64 = 1;

/// How long one request to S3 may take in seconds, connecting and all bytes included. At the most
/// bytes that one request carries this asks for some 300 kB a second.
pub const S3_REQUEST_SECONDS_MAX: u64 = 30;

/// How often a request to S3 is repeated. Beyond three times what one request may take it is not:
/// an endpoint that is silent is then given up within two minutes.
pub const S3_RETRIES_MAX: usize = 5;

/// How many bytes go to S3 in one request; a larger file goes in parts of that size. S3 takes no
/// smaller parts than 5 MiB, and at most 10,000 of them.
pub const S3_PART_BYTES: usize = 8 << 20;

/// How many rows of a Parquet file are taken at a time: bounds memory, and costs little when the
/// rows are small.
pub const PARQUET_ROWS: usize = 1024;

/// The most envelopes around a record: EventBridge inside of what passes its events on.
pub const ENVELOPES_MAX: usize = 2;

/// How much of an object, as stored, is looked at to know what it holds before it is asked.
pub const LOOKED_AT_BYTES: u64 = 64 << 10;

/// How many records of an object are looked at for that.
pub const LOOKED_AT_ROWS: usize = 100;

/// How many objects are looked at of those that AWS named alike: delivery does not mix services.
pub const LOOKED_AT_NAMES: usize = 3;

/// How many different texts a column of names keeps before it is written out: about what a
/// processor's cache holds.
pub const NAMES_MAX: usize = 32_768;

/// How many bytes of text a batch of asked rows has at most: a few batches a thread are on their
/// way at once.
pub const BATCH_BYTES: usize = 4 << 20;

/// In how many parts the ids of asked records are kept: threads wait for each other less, and
/// memory grows in small steps.
pub const ID_SHARDS: usize = 64;

/// How many ids a part takes at first: what fills a table of 2,048 places to seven eighths, where
/// it would double.
pub const IDS_GROWN: usize = 1_792;

/// What an id takes in such a table: the id and a byte beside it, and an eighth left empty.
pub const ID_BYTES: usize = 11;
