//! Lets the values of local secret files take part in a scan: their hits join what the rules have found.

use std::collections::BTreeMap;

use crate::engine::{Basis, Engine, Match, Proof};
use crate::known::{Hit, Known, Worth};
use crate::model::{Provenance, RuleId, Span};

const KNOWN_VALUE: RuleId = RuleId::from_static("known-value");

/// True for a value that stands in what the content of this provenance is a change of.
pub type HeldBefore = dyn Fn(&Provenance, &[u8]) -> bool + Send + Sync;

/// The values, and how to ask whether a repository has held one before the change.
pub struct KnownValues {
    /// The values.
    pub known: Known,
    /// How to ask.
    pub held_before: Box<HeldBefore>,
}

/// What is known about the matches of one unit.
#[derive(Default)]
pub struct Told(BTreeMap<Span, Hit>);

impl KnownValues {
    /// Whether anybody is told of such values.
    pub fn is_on(engine: &Engine) -> bool {
        engine.place_of(&KNOWN_VALUE).is_some()
    }

    /// Adds the hits in `content` to `matches`. One mistake is one finding: a rule that knows the provider stays, and
    /// is proven now; a generic one gives way.
    pub fn join(&self, engine: &Engine, content: &[u8], matches: &mut Vec<Match>) -> Told {
        let mut told = Told::default();
        let Some((pack, rule)) = engine.place_of(&KNOWN_VALUE) else { return told };
        for hit in self.known.find(content) {
            let proof = match self.known.worth(&hit) {
                Worth::Drawn => Proof::Proven,
                Worth::Word | Worth::Chosen => Proof::Plain,
            };
            let touches =
                |one: &Match| one.secret && (one.span.contains(hit.span) || hit.span.contains(one.span));
            matches.retain(|one| !(touches(one) && engine.rule(one).generic));
            let remark = Some(self.known.describe(&hit).into());
            match matches.iter_mut().find(|one| touches(one)) {
                // Everybody may see it, wherever else it stands.
                Some(one) if one.proof == Proof::Public => {}
                Some(one) => {
                    (one.proof, one.remark) = (proof, remark);
                    told.0.insert(one.span, hit);
                }
                None => {
                    let (span, extent) = (hit.span, hit.span);
                    let basis = Basis::Text;
                    matches.push(Match {
                        pack,
                        rule,
                        span,
                        secret: true,
                        extent,
                        proof,
                        remark,
                        basis,
                        partners: Vec::new(),
                    });
                    told.0.insert(span, hit);
                }
            }
        }
        matches.sort_by_key(|one| (one.span.start, one.span.end, one.pack, one.rule));
        told
    }

    /// Why a match is no news: nobody drew the value by lot, and the repository has held it before. Only what was found
    /// for its value alone is excused.
    pub fn excuse(
        &self,
        told: &Told,
        found: &Match,
        engine: &Engine,
        origin: &Provenance,
    ) -> Option<&'static str> {
        let hit = told.0.get(&found.span).filter(|_| engine.info(found).id == KNOWN_VALUE)?;
        let is_word = match self.known.worth(hit) {
            Worth::Drawn => false,
            Worth::Word | Worth::Chosen => true,
        };
        (is_word && (self.held_before)(origin, self.known.expose(hit)))
            .then_some("the repository held this value before")
    }
}
