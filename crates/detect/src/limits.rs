//! Limits of detection, each with its reason.

/// The record ids that one finding keeps: enough to show every occurrence a person would read,
/// and at 40 bytes each still only 8 KB for a finding that an attacker repeats for ever.
pub const RECORDS_MAX: usize = 200;

/// The findings that one page may hold at once: names of subjects are in an attacker's hands, and
/// past this number no one reads them. What comes after is counted, not kept.
pub const FINDINGS_MAX: usize = 10_000;

/// The different values that one `{field}` of a sentence shows; a sentence is not a list.
pub const VALUES_SHOWN_MAX: usize = 3;

/// The characters that one value shows in a sentence: longer ones are cut, since log text may be
/// a kilobyte long and written by an attacker.
pub const VALUE_CHARACTERS_MAX: usize = 160;

/// The highest `count` of a threshold page: each subject keeps that many hits.
pub const THRESHOLD_MAX: usize = 1_000;

/// The hits that one threshold page keeps over all subjects (about 100 bytes each, so 50 MB). When
/// they are used up, the subjects that have been quiet longest are forgotten.
pub const HITS_MAX: usize = 500_000;

/// The different values of one burst that are counted exactly; beyond, the number stands still.
pub const BURST_VALUES_MAX: usize = 10_000;

/// The scopes (principals, keys, accounts) whose history one first-seen page keeps.
pub const SCOPES_MAX: usize = 100_000;

/// The values one scope's history keeps: a scope with more has no habits to deviate from, and
/// stays silent.
pub const SCOPE_VALUES_MAX: usize = 1_000;

/// The newly created access keys that are followed at once; the oldest are let go first.
pub const KEYS_MAX: usize = 10_000;

/// The longest history a page may ask for: a year of rows is the most that a scan reads again.
pub const HISTORY_DAYS_MAX: u32 = 366;

/// The longest policy document that is taken apart; AWS allows 20 KB, CloudTrail keeps 100 KB.
pub const POLICY_BYTES_MAX: usize = 256 * 1024;

/// How many days before the window are looked through for what is routine: a month shows what is
/// done weekly, and more would make a look at the last hour read a quarter's rows.
pub const ROUTINE_HISTORY_DAYS: u32 = 30;

/// The deepest nesting of a record that is reached into, as deep as JSON parsers commonly go; AWS
/// nests a dozen levels.
pub const NESTING_MAX: usize = 128;

/// The network interfaces whose addresses are known at once; a large organisation has tens of
/// thousands, and one that is forgotten is learnt again from its next records.
pub const INTERFACES_MAX: usize = 100_000;

/// The connections that are known to be open (about 80 bytes each): what is forgotten is taken for
/// a new connection when it goes on. A hash table doubles at 458,752 entries, so this limit and the
/// like stand a little below such a step: 500,000 would take twice the memory.
pub const CONNECTIONS_MAX: usize = 450_000;

/// The windows of connections that wait for their other direction (about 600 bytes each): 45
/// seconds of 5,000 connections a second. Beyond, the older half is judged as it stands.
pub const PENDING_MAX: usize = 250_000;

/// The file names and service names that are kept once each; the rows of a moment come from few
/// files.
pub const TEXTS_MAX: usize = 4_096;

/// The different addresses or ports that a finding names; one that concerns more names none, and
/// its evidence is by host and time.
pub const FEW_MAX: usize = 50;

/// The targets of one client that a scan page knows apart; beyond, it begins to count anew, and a
/// scanner has long been found.
pub const SCAN_TARGETS_MAX: usize = 1_024;

/// The doors that an outsider is known to have failed at, and the open ones kept until it is
/// clear who knocked.
pub const PROBES_MAX: usize = 16;

/// The attempts at one service that are kept, and the windows of one connection.
pub const ATTEMPTS_MAX: usize = 100;

/// The pairs of a host and a peer whose rhythm is kept at once, below 200 bytes each.
pub const PAIRS_MAX: usize = 450_000;

/// The pairs of a host and a peer whose newest minute a flood page keeps (about 350 bytes each):
/// what is older than a minute matters no more, and this is 1,800 new pairs a second.
pub const FLOOD_PAIRS_MAX: usize = 110_000;

/// The names below one domain, or of one group, that are kept one by one.
pub const TUNNEL_NAMES_MAX: usize = 200;

/// The queries of earlier runs that a finding keeps; each is a run whose window did not reach back.
pub const EARLIER_EVIDENCE_MAX: usize = 50;

/// The filters of one store, as many as GuardDuty allows.
pub const FILTERS_MAX: usize = 100;

/// The attributes of one filter; GuardDuty allows 50.
pub const CRITERIA_MAX: usize = 50;

/// The values of one attribute of a filter: trusted scanners come by the hundred.
pub const CRITERIA_VALUES_MAX: usize = 10_000;

/// The lines of one list that are named when they are no entries; the others are counted.
pub const REFUSED_KEPT_MAX: usize = 100;

/// The identities and accounts whose habits are kept at once (about 100 bytes each).
pub const HABIT_SCOPES_MAX: usize = 100_000;

/// The values of all identities and accounts that are kept with the days on which they were seen
/// (about 60 bytes each, so 60 MB). Beyond, those that have been quiet longest are forgotten.
pub const HABIT_VALUES_MAX: usize = 900_000;

/// The different rows of one day that are known to say nothing new (about 40 bytes each).
pub const LEARNT_MAX: usize = 100_000;

/// The different values of one aspect after which an identity has no habit that could be broken.
pub const HABIT_VALUES_OF_SCOPE_MAX: usize = 500;

/// The aspects that a rarity page looks at: each costs four look-ups a record.
pub const HABIT_ASPECTS_MAX: usize = 8;

/// The steps of a sequence: more is a story, and no page.
pub const STEPS_MAX: usize = 8;

/// The credentials whose origin is known at once (about 40 bytes each).
pub const LINEAGE_MAX: usize = 200_000;

/// The places that one identity is seen in within the window of a travel page.
pub const PLACES_OF_ONE_MAX: usize = 16;

/// The kinds of calls whose rate one surge page keeps: each takes up to 36 KB when it is called in
/// every five minutes of a week, and a few hundred bytes when it is rare.
pub const RATES_MAX: usize = 2_000;

/// The rows of one source that wait until nothing earlier can come any more (a kilobyte or two
/// each). Beyond, the older half is looked at as it stands.
pub const WAITING_ROWS_MAX: usize = 200_000;

/// The moments of one finding that attack sequences are told (about 300 bytes each), one an hour
/// for each identity behind it.
pub const TRAIL_MAX: usize = 200;

/// The identities behind one finding that take turns within an hour and are told apart.
pub const TRAIL_LOOK_BACK: usize = 16;

/// The moments at which one identity has taken one weak step of an attack that are kept; whoever
/// does so in more different hours does it every day, and it is no sign of anything.
pub const WEAK_STEPS_MAX: usize = 100;

/// The stages of an attack: ATT&CK has fourteen tactics.
pub const STAGES_MAX: usize = 16;

/// The bytes of what is remembered that are written at once: enough for a call of the system, and
/// nothing beside what is remembered.
pub const PIECE_BYTES: usize = 64 * 1024;

/// The rows of one source that an engine is asked to put in order at once (some 400 bytes each,
/// and as much again while they are put in order). What is asked for in stretches of time this
/// small never goes to disk.
pub const ROWS_AT_ONCE: u64 = 65_536;

/// The parts that a stretch of time is looked at in for each stretch that it will be cut into, so
/// that those have about as many rows each.
pub const BINS_PER_STRETCH: u64 = 16;

/// The parts that a stretch of time is looked at in at most; parts with many rows are cut again.
pub const BINS_MAX: u64 = 16_384;

/// The bytes that what pages remember of one source's rows may take together, as they are counted
/// (beside findings); several sources share them. Tables that are half full and what an allocator
/// loses come on top of it.
pub const STATE_BYTES_MAX: usize = 144 << 20;

/// The rows after which it is looked at how much is remembered: all of it is counted, and in so
/// many rows it cannot grow by much.
pub const ROWS_BETWEEN_LOOKS: u64 = 65_536;
