//! What sections there are.

/// Declares the sections: variant, number, name, rows or bytes.
macro_rules! sections {
    ($($(#[$doc:meta])* $variant:ident $number:literal $name:literal)*) => {
        /// A part of a compiled file. Each stands in it once, in the order of the numbers.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Section {
            $($(#[$doc])* $variant = $number,)*
        }

        impl Section {
            /// All of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name, for people.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Its number in the file.
            #[must_use]
            pub const fn number(self) -> u32 {
                self as u32
            }
        }
    };
}

sections! {
    /// What the file is made of, for people and tools: JSON.
    About 1 "about"
    /// The files that it was made of, and their lines: JSON.
    Sources 2 "sources"
    /// Texts of these files, one after the other.
    Texts 3 "texts"
    /// Where the lines of files begin whose texts are not held.
    LineStarts 4 "line-starts"
    /// How many characters begin before each block of them.
    Characters 5 "characters"
    /// The custom roles and org policies of the directory, and the findings: JSON.
    Declarations 6 "declarations"

    /// Of each entity its type and where its id ends.
    Entities 10 "entities"
    /// The ids of entities, one after the other.
    EntityNames 11 "entity-names"
    /// From names to entities.
    EntitySlots 12 "entity-slots"
    /// The place of each entity's entry.
    EntityMarks 13 "entity-marks"
    /// The files that these places are in.
    EntityFiles 14 "entity-files"
    /// Places that need more room.
    EntitySpans 15 "entity-spans"
    /// What a decision reads of each entity.
    Places 16 "places"
    /// Where in the links the parents and ancestors of a chain stand.
    Chains 17 "chains"
    /// Parents and ancestors.
    ChainLinks 18 "chain-links"
    /// Ancestors, up to eight, with their types.
    Lines 19 "lines"
    /// Entities without an entry.
    Mentioned 20 "mentioned"

    /// Where the default values of each type begin.
    AttributeDefaults 30 "attribute-defaults"
    /// Values of attributes.
    AttributeCells 31 "attribute-cells"
    /// Numbers too large for a cell.
    AttributeNumbers 32 "attribute-numbers"
    /// The place of each value.
    AttributeMarks 33 "attribute-marks"
    /// The files that these places are in.
    AttributeFiles 34 "attribute-files"
    /// Places that need more room.
    AttributeSpans 35 "attribute-spans"
    /// Values that are written in an unusual way: JSON.
    Wordings 36 "wordings"
    /// Where each text of a value ends.
    ValueTextEnds 37 "value-text-ends"
    /// Texts of values, one after the other.
    ValueTexts 38 "value-texts"
    /// From texts to values.
    ValueTextSlots 39 "value-text-slots"
    /// Addresses.
    Addresses 40 "addresses"
    /// Where each set of values ends.
    SetEnds 41 "set-ends"
    /// Elements of sets.
    SetElements 42 "set-elements"

    /// Where the assignments on each entity begin.
    AssignmentStarts 50 "assignment-starts"
    /// Assignments.
    Assignments 51 "assignments"
    /// Bounds and usersets of the assignments that have some.
    AssignmentExtras 52 "assignment-extras"
    /// Where the assignments to each entity begin.
    NamingStarts 53 "naming-starts"
    /// Assignments by whom they name.
    Naming 54 "naming"
    /// Assignments to usersets.
    Usersets 55 "usersets"
    /// Links of org policies.
    PolicyLinks 56 "policy-links"
    /// Values of settings.
    SettingValues 57 "setting-values"

    /// Where each set of roles ends.
    RoleSetEnds 60 "role-set-ends"
    /// Roles of sets.
    RoleSetRoles 61 "role-set-roles"
    /// Where what each entity holds begins.
    HoldingStarts 62 "holding-starts"
    /// What is held.
    Holdings 63 "holdings"
    /// Roles held within times or under conditions, by entity.
    MixedHoldings 64 "mixed-holdings"
    /// These times.
    QualifiedHoldings 65 "qualified-holdings"
    /// These conditions.
    HoldingGuards 66 "holding-guards"
}
