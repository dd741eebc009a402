use super::*;

#[track_caller]
fn likelihood_of(names: &[&str]) -> f32 {
    let names: Vec<Name> = names.iter().map(|it| Name::parse(it, &[]).unwrap()).collect();
    likelihood(&names)
}

#[test]
fn names_of_one_program_are_likelier_than_those_of_people() {
    let made = likelihood_of(&[
        "gojpqbavggzmvm.com",
        "qdqwntrbtphawm.com",
        "swsxkulywcdfzl.com",
        "qhnkjppxrywzre.com",
        "wzxosfvohbwzcu.com",
        "kdhtwbpbsiwznz.com",
        "icpafkpebwiyxj.com",
        "lnqpoqynlsghzn.com",
        "oakpaqqbqmrjst.com",
        "abrzglpijijphj.com",
    ]);
    let chosen = likelihood_of(&[
        "riverside-bakery.com",
        "oldtownbooks.net",
        "mountainbikes.org",
        "sunny-hotel.it",
        "greenvalleyfarm.com",
        "musicschool.de",
        "citylibrary.nl",
        "smith-law.com",
        "bluelagoon.fr",
        "gardencentre.com",
    ]);
    assert!(chosen + 5.0 < made && 0.0 < made, "{chosen} {made}");
}

#[test]
fn words_put_together_by_a_program_are_told_by_what_they_share() {
    let made = likelihood_of(&[
        "windowbridge.net",
        "marketsilver.net",
        "garderwinter.net",
        "doctorsummer.net",
        "littleengine.net",
        "singlepocket.net",
        "orangewindow.net",
        "bridgedoctor.net",
        "winterengine.net",
        "silverpocket.net",
    ]);
    assert!(0.0 < made, "{made}");
}

#[test]
fn a_score_is_the_same_to_the_last_bit_whatever_makes_it_faster() {
    let long = format!("{}.com", "market-silver-x9".repeat(5));
    let groups: [&[&str]; 5] = [
        &["a.com", "ab.net", "abc.org", "ab-c.com", "abcd.com", "-.com", "--ab.com"],
        &["riverside-bakery.co.uk", "x1-y2-z3.com", "windowbridge.net", "0-0.com"],
        &["gojpqbavggzmvm.com", "qdqwntrbtphawm.com", "swsxkulywcdfzl.com"],
        &["internationalisation.com", "a-very-long-name-of-words.com", &long],
        &["가나다.com", "b\u{fc}cher.de", "x_y.com", "\u{0}z.com", "a.co.jp"],
    ];
    let bits = groups.map(|group| likelihood_of(group).to_bits());
    let before = [1_081_816_129, 3_238_014_514, 1_099_147_255, 3_230_825_448, 3_194_188_662];
    assert_eq!(bits, before);
}

#[test]
fn any_group_has_a_likelihood() {
    assert!(likelihood(&[]).is_finite());
    let long = format!("{}.com", "x".repeat(63));
    for text in ["a.com", "-.com", "가나다.com", &long, "\u{0}.com"] {
        assert!(likelihood_of(&[text; 10]).is_finite());
    }
    assert!(MODEL.len() < 256 * 1024);
}
