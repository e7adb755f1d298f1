//! The stable codes of all findings.

/// Declares the codes: variant, stable text, one sentence of explanation.
macro_rules! codes {
    ($($variant:ident $text:literal $explanation:literal)*) => {
        /// What kind of finding it is. The text never changes its meaning between versions.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Code {
            $(#[doc = $explanation] $variant,)*
        }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The code of a text.
            #[must_use]
            pub fn named(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text)
            }

            /// What it means, in a sentence or two.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }
        }
    };
}

codes! {
    // Files.
    UnreadableFile "unreadable-file" "The file or folder cannot be read, or vanished while it was."
    FileTooLarge "file-too-large" "The file is larger than this kind of file may be."
    NotText "not-text" "The file is not UTF-8 text."
    NoPolicyFiles "no-policy-files" "The folder holds no policy file."
    EmptyFile "empty-file" "The file is empty, or holds comments only."
    WrongKind "wrong-kind" "The file is of another kind than the one wanted here, or names no kind."

    // Syntax of the DSL.
    Syntax "syntax" "The text does not follow the grammar here."
    NestingTooDeep "nesting-too-deep" "The text nests deeper than the limit."
    ReservedWord "reserved-word" "The word belongs to the language and cannot be a name here."
    NumberTooLarge "number-too-large" "The number does not fit its type."
    DuplicateClause "duplicate-clause" "A clause that may stand once stands twice."

    // Syntax of YAML.
    YamlSyntax "yaml-syntax" "The text is no well-formed YAML."
    YamlDuplicateKey "duplicate-key" "One mapping holds a key twice."
    YamlAlias "yaml-alias" "Anchors, aliases and tags have no place in these files."
    YamlDocuments "yaml-documents" "The file holds several YAML documents where one is wanted."
    UnknownKey "unknown-key" "The key means nothing here."
    MissingKey "missing-key" "A key that must be there is missing."
    WrongShape "wrong-shape" "A mapping, a list or a single value stands where another is wanted."

    // Names.
    DuplicateName "duplicate-name" "A name is declared twice."
    UnknownType "unknown-type" "No type of this name is declared."
    UnknownAction "unknown-action" "The type declares no action of this name."
    UnknownRole "unknown-role" "No role of this name is declared."
    UnknownAttribute "unknown-attribute" "The type has no attribute or ancestor of this name."
    UnknownSetting "unknown-setting" "No setting of this name can be read or given here."
    UnknownPolicy "unknown-policy" "No org policy of this name is declared."
    UnknownVariable "unknown-variable" "The name stands for nothing in a condition here."
    UnknownImport "unknown-import" "The imported folder is not there or is no package."
    ReservedName "reserved-name" "The name is kept for something else and cannot be declared here."
    PackageMismatch "package-mismatch" "The files of one folder name different packages."

    // Declarations.
    ExtendsCycle "extends-cycle" "A role extends itself by way of others."
    ImpliesCycle "implies-cycle" "A role implies itself by way of others."
    ContainmentCycle "containment-cycle" "A type contains itself by way of others."
    ImportCycle "import-cycle" "A package imports itself by way of others."
    SettingCycle "setting-cycle" "A setting lies within itself by way of others."
    ActsAsType "acts-as-type" "What a type acts as must be an attribute holding an entity that acts for itself."
    WrongScope "wrong-scope" "The role stands on a type that does not fit here."
    UnreachablePermission "unreachable-permission" "The role grants a permission on a type that is not contained in its own."
    PatternWithoutMatch "pattern-without-match" "The pattern matches no permission."
    WithoutNoEffect "without-no-effect" "The `without` removes nothing."
    CustomRole "custom-role" "The rules for custom roles are broken: they extend open roles, and only those."
    OpenRole "open-role" "Only a role that is not custom can be `open`."
    PolicyRule "policy-rule" "An org policy holds setting values and denies, nothing else."
    WrongPermission "wrong-permission" "The permission cannot be asked for here: it belongs to no containing type."
    InvalidType "invalid-type" "The type cannot be used here: sets hold plain values or entities that are always there."
    OptionalDefault "optional-default" "An attribute that has a default is never absent, so the `?` says nothing."
    MergeType "merge-type" "The merge word does not fit the setting's type."

    // Expressions.
    TypeMismatch "type-mismatch" "The two sides, or the operator and its operand, do not fit."
    UnknownEnumValue "unknown-enum-value" "The enumeration has no such value."
    NotACondition "not-a-condition" "The expression is no condition."
    NotAllowedHere "not-allowed-here" "This cannot be used in a condition of this kind."
    SetOperation "set-operation" "On a set only some operations are defined."
    InvalidLiteral "invalid-literal" "The text is no value of the type that is wanted."

    // Limits.
    LimitExceeded "limit-exceeded" "A limit of the compiled form is exceeded."

    // Directory.
    InvalidEntity "invalid-entity" "The text is no `type:id`."
    UndeclaredParent "undeclared-parent" "The parent has no entry in the directory."
    Containment "containment" "The entity does not lie where its type says."
    MissingAttribute "missing-attribute" "A required attribute is missing."
    InvalidAttribute "invalid-attribute" "The value does not fit the attribute's type."
    NotUnique "not-unique" "Two siblings share a value that must be distinct."
    DuplicateEntity "duplicate-entity" "An entity has two entries."
    MissingRequiredRole "missing-required-role" "The subject does not hold the role that this one requires."
    InvalidAssignment "invalid-assignment" "The role cannot be assigned so."
    DuplicateAssignment "duplicate-assignment" "The same subject is assigned the same role on the same entity twice."
    WrongLink "wrong-link" "The org policy belongs to an entity that the linked one does not lie in."
    EmptyInterval "empty-interval" "The assignment ends before it begins."
    SettingConflict "setting-conflict" "Two values that cannot both stand are given to a setting."
    OutsideWithin "outside-within" "The value of a setting is not in the setting that it must lie within."
    UndeclaredMention "undeclared-mention" "An entity is mentioned but has no entry, while others of its type have."
    UnreadDirectory "unread-directory" "A directory lies beside the policy under a name that is not loaded, and nobody names it."

    // Lints.
    UnusedRole "unused-role" "Nobody holds the role, and nothing extends, implies, requires or asks for it."
    UnusedAction "unused-action" "No role and no rule allows the action, so it is always denied."
    UnusedSetting "unused-setting" "No condition reads the setting, and nothing gives it a value."
    UnusedPolicy "unused-policy" "The org policy is linked to nothing."
    RedundantGrant "redundant-grant" "The role inherits this already, or another statement says it."
    HiddenAllow "hidden-allow" "A deny holds wherever this allow does, so that it allows nothing."
    ConditionAlwaysTrue "condition-always-true" "The condition is true whatever the facts are, or wherever they suffice to compute it."
    ConditionAlwaysFalse "condition-always-false" "The condition is never true, whatever the facts are."
    WithinNoEffect "within-no-effect" "All that the statement speaks of lies in that type anyway."
    EqualRoles "equal-roles" "Two roles differ in nothing but their names."
    SingleAdmin "single-admin" "One subject alone can assign roles on the entity."
    ExpiredAssignment "expired-assignment" "The assignment's time is over."
    OvertakenRole "overtaken-role" "The custom role grants nothing beyond its base: it was left behind when that one grew."
    DenyNeverMet "deny-never-met" "The conditions of the deny never hold together, so that it stops nobody."
    EscalationPath "escalation-path" "Whoever holds the role can come to hold more than it grants, by steps that they may take themselves."

    // Configuration.
    InvalidToml "invalid-toml" "The file is no well-formed TOML."
    UnknownLint "unknown-lint" "No lint and no warning has this name."
    FixedLevel "fixed-level" "The finding is an error: what has it is never decided on, so no level can be given to it."

    // Changes.
    ChangeRefused "change-refused" "Whoever asks for the change may not make it: no permission that guards it is granted."
    Escalation "escalation" "The role grants more than the one who assigns it is granted there."
    UnknownEntity "unknown-entity" "The entity asked about, or to be changed, or behind which an answer is to go on, is not in the directory."
    NothingToChange "nothing-to-change" "What is to be taken away is not there."

    // Tests and requests.
    InvalidTest "invalid-test" "The test does not say what a test says."
    InvalidRequest "invalid-request" "The request cannot be decided as it stands."
    InvalidJson "invalid-json" "The text is no JSON, or an object in it holds a key twice."
    LineTooLong "line-too-long" "The line is longer than a request, or a line of a directory in the bulk form, may be."

    // Permission tables in documents.
    MatrixMarker "matrix-marker" "The document has no permission table to check, or a marker above none."
    MatrixTable "matrix-table" "The table under the marker cannot be read as a permission table."
    MatrixDiffers "matrix-differs" "A permission table says something else than the policy."

    // Commands.
    UnknownCode "unknown-code" "No finding has this code."
    NoTests "no-tests" "There is no test file where tests were to be run."
    FileExists "file-exists" "The file is already there and would be overwritten."
    UnwritableFile "unwritable-file" "The file or folder cannot be written."
    DamagedFile "damaged-file" "The compiled file is not what was written, or contradicts itself; nothing of it is used."
    OtherFormat "other-format" "The compiled file is of a format or of a build that this version does not read; compile it anew."

    Unsupported "unsupported" "This part of the language is not supported here."
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
