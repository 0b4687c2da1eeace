import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.LogManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.core.VeraPDFException;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Validates PDF files against PDF/A and PDF/UA profiles with veraPDF, offline.
 *
 * <p>Usage: {@code VeraGate 3a,ua1 a.pdf b.pdf ...}, or {@code VeraGate 3a,ua1 -} to read file names
 * from standard input, one a line. Prints one line per file and profile,
 * {@code PASS|FAIL <tab> profile <tab> assertions <tab> file [<tab> failing rules]}; exits with 1 on any
 * failure. The jar at hand lacks the JAXB implementation that reads profiles, so they are read with DOM.
 */
public final class VeraGate {
    private static final String PROFILES = "org/verapdf/pdfa/validation/";

    private VeraGate() {}

    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        List<ValidationProfile> profiles = new ArrayList<>();
        for (String name : arguments[0].split(",")) {
            profiles.add(load(PDFAFlavour.fromString(name)));
        }
        boolean clean = true;
        if (arguments.length == 2 && arguments[1].equals("-")) {
            java.io.BufferedReader names =
                    new java.io.BufferedReader(new java.io.InputStreamReader(System.in, "UTF-8"));
            for (String file = names.readLine(); file != null; file = names.readLine()) {
                clean &= check(file, profiles);
            }
        } else {
            for (int i = 1; i < arguments.length; i++) {
                clean &= check(arguments[i], profiles);
            }
        }
        System.exit(clean ? 0 : 1);
    }

    private static boolean check(String file, List<ValidationProfile> profiles) {
        boolean clean = true;
        for (ValidationProfile profile : profiles) {
            String name = profile.getPDFAFlavour().getId();
            try (InputStream stream = new FileInputStream(file);
                    PDFAParser parser =
                            Foundries.defaultInstance().createParser(stream, profile.getPDFAFlavour());
                    PDFAValidator validator =
                            Foundries.defaultInstance().createValidator(profile, 1000, true, true, false)) {
                clean &= report(file, name, validator.validate(parser));
            } catch (VeraPDFException | java.io.IOException | RuntimeException problem) {
                System.out.println("FAIL\t" + name + "\t0\t" + file + "\t" + problem);
                clean = false;
            }
            System.out.flush();
        }
        return clean;
    }

    private static boolean report(String file, String profile, ValidationResult result) {
        TreeMap<String, String> failing = new TreeMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                failing.putIfAbsent(
                        assertion.getRuleId().getClause() + "-" + assertion.getRuleId().getTestNumber(),
                        assertion.getMessage() + " @ " + assertion.getLocation().getContext());
            }
        }
        boolean compliant = result.isCompliant();
        System.out.println(
                (compliant ? "PASS" : "FAIL") + "\t" + profile + "\t" + result.getTotalAssertions() + "\t" + file
                        + (compliant ? "" : "\t" + failing));
        return compliant;
    }

    private static ValidationProfile load(PDFAFlavour flavour) throws Exception {
        String name = flavour.getId().startsWith("ua") ? "PDFUA-1.xml" : "PDFA-" + flavour.getId().toUpperCase() + ".xml";
        Element root;
        try (InputStream stream = ValidationProfile.class.getClassLoader().getResourceAsStream(PROFILES + name)) {
            root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(stream).getDocumentElement();
        }
        Set<Rule> rules = new HashSet<>();
        for (Element rule : all(root, "rule")) {
            rules.add(rule(rule));
        }
        Set<Variable> variables = new HashSet<>();
        for (Element variable : all(root, "variable")) {
            variables.add(
                    Profiles.variableFromValues(
                            variable.getAttribute("name"),
                            variable.getAttribute("object"),
                            text(variable, "defaultValue"),
                            text(variable, "value")));
        }
        return Profiles.profileFromValues(
                flavour,
                Profiles.profileDetailsFromValues(name, name, "veraPDF", new java.util.Date(0)),
                "",
                rules,
                variables);
    }

    private static Rule rule(Element rule) {
        Element id = all(rule, "id").get(0);
        List<ErrorArgument> arguments = new ArrayList<>();
        for (Element argument : all(rule, "argument")) {
            arguments.add(ErrorArgumentImpl.fromValues(argument.getTextContent(), null, null));
        }
        return Profiles.ruleFromValues(
                Profiles.ruleIdFromValues(
                        PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                        id.getAttribute("clause"),
                        Integer.parseInt(id.getAttribute("testNumber"))),
                rule.getAttribute("object"),
                Boolean.parseBoolean(rule.getAttribute("deferred")),
                rule.getAttribute("tags"),
                text(rule, "description"),
                text(rule, "test"),
                Profiles.errorFromValues(text(rule, "message"), arguments),
                new ArrayList<>());
    }

    private static List<Element> all(Element parent, String name) {
        NodeList found = parent.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static String text(Element parent, String name) {
        List<Element> found = all(parent, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent();
    }
}
