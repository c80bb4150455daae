package dev.weir.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Looks for the wording that the style guide refuses: vague words, Javadocs that begin with a fragment, and names of
 * main code that hold a refused word, and names of tests that are too long or begin like a riddle. A finding reads
 * {@code file:line: mistake}.
 */
final class Prose {
    static final int LONGEST_TEST_NAME = 50;
    static final int LONGEST_LINE = 120;

    static final Pattern REFUSED = Pattern.compile(
            "\\b(told|tells?|whoever|whomever|whosoever|whatever|whichever|somebody|nobody|anybody|everybody|by heart"
                    + "|hears?|heard|in vain|knock(?:s|ed|ing)?|news|talk(?:s|ed|ing)?|chatty|what (?:is|was))\\b",
            Pattern.CASE_INSENSITIVE);

    /** Words that no name of main code holds, split at camel case and underscores. */
    private static final Set<String> REFUSED_IN_NAMES = Set.of(
            ("told tell tells whoever whomever whosoever whatever whichever somebody nobody anybody everybody chore"
                            + " chores hear hears heard vain knock knocks news talk talks chatty")
                    .split(" "));

    private static final Pattern NAME = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*");

    /** Names and output in a page, which are not prose. */
    private static final Pattern CODE = Pattern.compile("```.*?```|`[^`\\n]*`", Pattern.DOTALL);

    /** Words that a sentence about a thing does not begin with: pronouns, prepositions, conjunctions. */
    private static final Set<String> FRAGMENTS = Set.of(
            ("about after against also and as at because before between but by during else for from he her his how if in instead into it its"
                            + " like none nor not nothing of off on or others out over she since so something such than"
                            + " that their them then there these they this those though through to too under unless"
                            + " until up upon very was we were what when where whether which while who whom whose why"
                            + " with within without you")
                    .split(" "));

    /** Files whose comments and texts a person reads, and which are scanned for refused words as a whole. */
    private static final Pattern OTHER_TEXTS =
            Pattern.compile(".*\\.(?:ya?ml|xml|proto|tpl|html|js|css|sh|properties)|weir|Dockerfile.*|run");

    private static final Pattern TEST =
            Pattern.compile("^ {4}(?:@\\w+ )?(?:public )?void (\\w+)\\(", Pattern.MULTILINE);

    private static final Set<String> RIDDLES =
            Set.of("what who whoever whose of where nobody none nothing that which than so".split(" "));

    private final List<String> findings = new ArrayList<>();

    /** All findings of the Java files, the Markdown pages and the other texts under a folder. */
    static List<String> of(Path folder) throws IOException {
        Prose prose = new Prose();
        List<Path> files;
        try (var walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile)
                    .filter(path -> !path.toString().contains("/target/"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.endsWith(".java")) {
                prose.java(file, Files.readString(file));
            } else if (name.endsWith(".md")) {
                prose.page(file, Files.readString(file));
            } else if (OTHER_TEXTS.matcher(name).matches()) {
                String text = Files.readString(file);
                prose.banned(file, text, 0, text);
            }
        }
        return prose.findings;
    }

    private void page(Path file, String text) {
        banned(file, text, 0, CODE.matcher(text).replaceAll(code -> code.group().replaceAll("[^\\n]", " ")));
        int line = 0;
        boolean isCode = false;
        for (String row : text.split("\n", -1)) {
            line++;
            isCode ^= row.strip().startsWith("```");
            if (row.length() > LONGEST_LINE && !isCode && !row.startsWith("|") && row.contains(" ")) {
                findings.add(file + ":" + line + ": " + row.length() + " characters");
            }
        }
    }

    private void java(Path file, String text) {
        int at = 0;
        while (at < text.length()) {
            int end = at + 1;
            if (text.startsWith("/*", at)) {
                end = endOf(text, "*/", at + 2);
                comment(file, text, at, text.substring(at, end));
            } else if (text.startsWith("//", at)) {
                end = endOf(text, "\n", at);
                banned(file, text, at, text.substring(at, end));
            } else if (text.startsWith("\"\"\"", at)) {
                end = endOf(text, "\"\"\"", at + 3);
                banned(file, text, at, text.substring(at, end));
            } else if (text.charAt(at) == '"' || text.charAt(at) == '\'') {
                end = endOfLiteral(text, at);
                banned(file, text, at, text.substring(at, end));
            } else if (Character.isJavaIdentifierStart(text.charAt(at))) {
                end = endOfName(text, at);
                name(file, text, at, text.substring(at, end));
            }
            at = end;
        }
        if (file.toString().contains("/src/test/")) {
            testNames(file, text);
        }
    }

    private static int endOf(String text, String mark, int from) {
        int found = text.indexOf(mark, from);
        return found < 0 ? text.length() : found + mark.length();
    }

    private static int endOfName(String text, int at) {
        Matcher matcher = NAME.matcher(text).region(at, text.length());
        return matcher.lookingAt() ? matcher.end() : at + 1;
    }

    private static int endOfLiteral(String text, int at) {
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != text.charAt(at)) {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        return Math.min(end + 1, text.length());
    }

    private void comment(Path file, String text, int at, String comment) {
        banned(file, text, at, comment);
        if (!comment.startsWith("/**")) {
            return;
        }
        String words =
                comment.substring(3).replaceAll("\\s*\\n\\s*\\*?(?!/)\\s*", " ").strip();
        String first = words.split("[\\s.,:;!?]", 2)[0];
        if (first.startsWith("@")) {
            findings.add(file + ":" + lineOf(text, at) + ": a Javadoc without a sentence, only " + first);
        } else if (FRAGMENTS.contains(first.toLowerCase(Locale.ROOT))
                || Character.isLowerCase(first.codePointAt(0)) && first.equals(first.toLowerCase(Locale.ROOT))) {
            findings.add(file + ":" + lineOf(text, at) + ": a Javadoc that begins with \"" + first + "\"");
        }
    }

    private void name(Path file, String text, int at, String name) {
        boolean isMain = file.toString().contains("/src/main/");
        if (isMain
                && Stream.of(name.split("_|(?<=[\\p{Ll}\\p{N}])(?=\\p{Lu})"))
                        .anyMatch(word -> REFUSED_IN_NAMES.contains(word.toLowerCase(Locale.ROOT)))) {
            findings.add(file + ":" + lineOf(text, at) + ": the name " + name + " holds a refused word");
        }
    }

    private void banned(Path file, String text, int at, String part) {
        Matcher matcher = REFUSED.matcher(part);
        while (matcher.find()) {
            findings.add(file + ":" + lineOf(text, at + matcher.start()) + ": \"" + matcher.group() + "\"");
        }
    }

    private void testNames(Path file, String text) {
        Matcher matcher = TEST.matcher(text);
        while (matcher.find()) {
            String name = matcher.group(1);
            String first = name.split("(?=[A-Z])", 2)[0];
            if (name.length() > LONGEST_TEST_NAME) {
                findings.add(file + ":" + lineOf(text, matcher.start()) + ": " + name + " has " + name.length()
                        + " characters");
            } else if (RIDDLES.contains(first) || isRefused(name)) {
                findings.add(file + ":" + lineOf(text, matcher.start()) + ": " + name + " does not name its subject");
            }
        }
    }

    private static boolean isRefused(String name) {
        return Stream.of(name.split("(?=[A-Z])"))
                .anyMatch(word -> REFUSED.matcher(word).matches());
    }

    private static long lineOf(String text, int at) {
        return 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
    }
}
