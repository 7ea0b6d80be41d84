//! Generated scripts. Equal seeds give equal scripts.

mod calls;
mod codecs;
mod conversions;
mod expressions;
mod messages;
mod metatables;
mod numbers;
mod patterns;
mod programs;
mod strings;
mod syntax;
mod tables;

use crate::case::Case;
use crate::rng::Rng;

/// Two functions that scripts begin with: `P` shows values with their types, `T` those that a function
/// returns or its error.
pub const SHOW: &str = "local function P(...) local o={} for i=1,select('#',...) do local v=select(i,...) \
o[i]=type(v)..':'..tostring(v) end return table.concat(o,' ') end \
local function T(f,...) return P(pcall(f,...)) end ";

/// The same for values that may be tables, whose keys are shown in order.
pub const DEEP: &str = "local D D=function(v,n) n=n or 0 if type(v)~='table' then \
return type(v)=='string' and string.format('%q',v) or type(v)=='number' and string.format('%.17g',v) or tostring(v) end \
if n>8 then return '...' end local ks={} for k in pairs(v) do ks[#ks+1]=k end \
table.sort(ks,function(a,b) if type(a)==type(b) and type(a)~='boolean' and type(a)~='table' then return a<b end return type(a)<type(b) end) \
local o={} for i,k in ipairs(ks) do o[i]='['..D(k,n+1)..']='..D(v[k],n+1) end return '{'..table.concat(o,',')..'}' end ";

/// A collection of generated cases of one kind.
struct Batch {
    kind: &'static str,
    cases: Vec<Case>,
}

impl Batch {
    fn new(kind: &'static str) -> Self {
        Self {
            kind,
            cases: Vec::new(),
        }
    }

    fn name(&self) -> String {
        format!("{} {}", self.kind, self.cases.len())
    }

    /// A script that is a case by itself.
    fn script(&mut self, script: &str) {
        let case = Case::script(self.name(), script);
        self.cases.push(case);
    }

    /// A script that returns what each of these expressions comes to.
    fn rows(&mut self, before: &str, rows: &[String]) {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| format!("T(function() return {row} end)"))
            .collect();
        self.script(&format!(
            "{SHOW}{before}\nreturn {{\n{}\n}}",
            rows.join(",\n")
        ));
    }

    /// Commands, given as words.
    fn commands(&mut self, commands: &[Vec<String>]) -> &mut Case {
        let words = commands
            .iter()
            .map(|words| words.iter().map(|w| w.clone().into_bytes()).collect());
        let case = Case::of(self.name(), words.collect());
        self.cases.push(case);
        self.cases.last_mut().unwrap()
    }
}

/// Every generated case.
pub fn all(seed: u64) -> Vec<Case> {
    let generators: &[fn(&mut Rng) -> Vec<Case>] = &[
        expressions::cases,
        messages::cases,
        numbers::cases,
        patterns::cases,
        strings::cases,
        tables::cases,
        metatables::cases,
        programs::cases,
        syntax::cases,
        codecs::cases,
        conversions::cases,
        calls::cases,
    ];
    // Each has a stream of its own, so that a change to one leaves the others as they were.
    let each = generators.iter().enumerate();
    each.flat_map(|(at, cases)| cases(&mut Rng::new(seed.wrapping_add(at as u64 * 1_000_003))))
        .collect()
}
