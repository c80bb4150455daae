package dev.weir.standalone.command.policy;

import dev.weir.policy.suite.Outcome;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes outcomes as the JUnit XML that build servers read, with a suite for each file. */
final class JunitXml {
    private JunitXml() {}

    static void write(Path target, List<Outcome> outcomes) throws IOException, XMLStreamException {
        Map<String, List<Outcome>> byFile = new LinkedHashMap<>();
        outcomes.forEach(outcome -> byFile.computeIfAbsent(outcome.file(), file -> new ArrayList<>())
                .add(outcome));
        try (Writer writer = Files.newBufferedWriter(target)) {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(writer);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuites");
            for (Map.Entry<String, List<Outcome>> file : byFile.entrySet()) {
                suite(xml, file.getKey(), file.getValue());
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.flush();
        }
    }

    private static void suite(XMLStreamWriter xml, String file, List<Outcome> outcomes) throws XMLStreamException {
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", file);
        xml.writeAttribute("tests", String.valueOf(outcomes.size()));
        xml.writeAttribute(
                "failures",
                String.valueOf(
                        outcomes.stream().filter(outcome -> !outcome.passed()).count()));
        for (Outcome outcome : outcomes) {
            xml.writeStartElement("testcase");
            xml.writeAttribute("classname", clean(outcome.example()));
            xml.writeAttribute("name", clean(outcome.check()));
            if (!outcome.passed()) {
                String failure = clean(String.valueOf(outcome.failure()));
                xml.writeStartElement("failure");
                xml.writeAttribute("message", failure.lines().findFirst().orElse(""));
                xml.writeCharacters(failure);
                xml.writeEndElement();
            }
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /** Replaces control characters, which XML does not admit even escaped. */
    private static String clean(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF]", "?");
    }
}
